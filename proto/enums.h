// The contract's enumerations and the domain's: the same values in the same order, after the
// contract's UNSPECIFIED.
#pragma once

#include "sceau/v1/inspection.pb.h"
#include "sceau/v1/verification.pb.h"
#include "schemas/inspection.h"
#include "verifier/report.h"

namespace sceau::wire {

template <typename Wire>
struct DomainOf;
template <>
struct DomainOf<v1::Kind> {
  using Type = schemas::Kind;
};
template <>
struct DomainOf<v1::Scope> {
  using Type = schemas::Scope;
};
template <>
struct DomainOf<v1::Severity> {
  using Type = schemas::Severity;
};
template <>
struct DomainOf<v1::Domain> {
  using Type = schemas::Domain;
};
template <>
struct DomainOf<v1::ContentType> {
  using Type = schemas::ContentType;
};
template <>
struct DomainOf<v1::SealState> {
  using Type = schemas::SealState;
};
template <>
struct DomainOf<v1::Integrity> {
  using Type = verifier::Integrity;
};
template <>
struct DomainOf<v1::Indication> {
  using Type = verifier::Indication;
};
template <>
struct DomainOf<v1::PolicyHash> {
  using Type = verifier::PolicyHash;
};
template <>
struct DomainOf<v1::Competence> {
  using Type = verifier::Competence;
};
template <>
struct DomainOf<v1::UnsignedWhy> {
  using Type = verifier::UnsignedWhy;
};
template <>
struct DomainOf<v1::Verdict> {
  using Type = verifier::Verdict;
};

// wire::To<v1::Kind>(schemas::Kind::kPdf)
template <typename Wire>
constexpr Wire To(typename DomainOf<Wire>::Type value) {
  return static_cast<Wire>(static_cast<int>(value) + 1);
}

// `unknown` for UNSPECIFIED and for values a later contract may add.
template <typename Wire>
typename DomainOf<Wire>::Type From(Wire value, typename DomainOf<Wire>::Type unknown) {
  const auto* names = google::protobuf::GetEnumDescriptor<Wire>();
  const bool known = names->FindValueByNumber(value) != nullptr && static_cast<int>(value) > 0;
  return known ? static_cast<typename DomainOf<Wire>::Type>(static_cast<int>(value) - 1) : unknown;
}

static_assert(To<v1::Kind>(schemas::Kind::kPesAller) == v1::KIND_PES_ALLER);
static_assert(To<v1::Kind>(schemas::Kind::kPesRetour) == v1::KIND_PES_RETOUR);
static_assert(To<v1::Kind>(schemas::Kind::kPesAcquit) == v1::KIND_PES_ACQUIT);
static_assert(To<v1::Kind>(schemas::Kind::kBudgetAct) == v1::KIND_BUDGET_ACT);
static_assert(To<v1::Kind>(schemas::Kind::kCfu) == v1::KIND_CFU);
static_assert(To<v1::Kind>(schemas::Kind::kActeEnvelope) == v1::KIND_ACTE_ENVELOPE);
static_assert(To<v1::Kind>(schemas::Kind::kActe) == v1::KIND_ACTE);
static_assert(To<v1::Kind>(schemas::Kind::kChorusPivot) == v1::KIND_CHORUS_PIVOT);
static_assert(To<v1::Kind>(schemas::Kind::kXml) == v1::KIND_XML);
static_assert(To<v1::Kind>(schemas::Kind::kPdf) == v1::KIND_PDF);
static_assert(To<v1::Kind>(schemas::Kind::kOther) == v1::KIND_OTHER);
static_assert(To<v1::Scope>(schemas::Scope::kBordereau) == v1::SCOPE_BORDEREAU);
static_assert(To<v1::Scope>(schemas::Scope::kWhole) == v1::SCOPE_WHOLE);
static_assert(To<v1::Scope>(schemas::Scope::kOther) == v1::SCOPE_OTHER);
static_assert(To<v1::Severity>(schemas::Severity::kError) == v1::SEVERITY_ERROR);
static_assert(To<v1::Severity>(schemas::Severity::kWarning) == v1::SEVERITY_WARNING);
static_assert(To<v1::Severity>(schemas::Severity::kInfo) == v1::SEVERITY_INFO);
static_assert(To<v1::Domain>(schemas::Domain::kDepense) == v1::DOMAIN_DEPENSE);
static_assert(To<v1::Domain>(schemas::Domain::kRecette) == v1::DOMAIN_RECETTE);
static_assert(To<v1::ContentType>(schemas::ContentType::kPdf) == v1::CONTENT_TYPE_PDF);
static_assert(To<v1::ContentType>(schemas::ContentType::kJpeg) == v1::CONTENT_TYPE_JPG);
static_assert(To<v1::ContentType>(schemas::ContentType::kPng) == v1::CONTENT_TYPE_PNG);
static_assert(To<v1::ContentType>(schemas::ContentType::kXml) == v1::CONTENT_TYPE_XML);
static_assert(To<v1::ContentType>(schemas::ContentType::kZip) == v1::CONTENT_TYPE_ZIP);
static_assert(To<v1::ContentType>(schemas::ContentType::kOther) == v1::CONTENT_TYPE_OTHER);
static_assert(To<v1::SealState>(schemas::SealState::kAbsent) == v1::SEAL_STATE_ABSENT);
static_assert(To<v1::SealState>(schemas::SealState::kHolds) == v1::SEAL_STATE_HOLDS);
static_assert(To<v1::SealState>(schemas::SealState::kHoldsWithoutSignatures) ==
              v1::SEAL_STATE_HOLDS_WITHOUT_SIGNATURES);
static_assert(To<v1::SealState>(schemas::SealState::kBroken) == v1::SEAL_STATE_BROKEN);
static_assert(To<v1::Integrity>(verifier::Integrity::kIntact) == v1::INTEGRITY_INTACT);
static_assert(To<v1::Integrity>(verifier::Integrity::kBroken) == v1::INTEGRITY_BROKEN);
static_assert(To<v1::Integrity>(verifier::Integrity::kUnchecked) == v1::INTEGRITY_UNCHECKED);
static_assert(To<v1::Indication>(verifier::Indication::kTotalPassed) ==
              v1::INDICATION_TOTAL_PASSED);
static_assert(To<v1::Indication>(verifier::Indication::kTotalFailed) ==
              v1::INDICATION_TOTAL_FAILED);
static_assert(To<v1::Indication>(verifier::Indication::kIndeterminate) ==
              v1::INDICATION_INDETERMINATE);
static_assert(To<v1::PolicyHash>(verifier::PolicyHash::kMatches) == v1::POLICY_HASH_MATCHES);
static_assert(To<v1::PolicyHash>(verifier::PolicyHash::kDiffers) == v1::POLICY_HASH_DIFFERS);
static_assert(To<v1::PolicyHash>(verifier::PolicyHash::kAbsent) == v1::POLICY_HASH_ABSENT);
static_assert(To<v1::PolicyHash>(verifier::PolicyHash::kUnknown) == v1::POLICY_HASH_UNKNOWN);
static_assert(To<v1::Competence>(verifier::Competence::kPermitted) == v1::COMPETENCE_PERMITTED);
static_assert(To<v1::Competence>(verifier::Competence::kJustificationRequired) ==
              v1::COMPETENCE_JUSTIFICATION_REQUIRED);
static_assert(To<v1::Competence>(verifier::Competence::kDenied) == v1::COMPETENCE_DENIED);
static_assert(To<v1::Competence>(verifier::Competence::kUnknownHere) ==
              v1::COMPETENCE_UNKNOWN_HERE);
static_assert(To<v1::UnsignedWhy>(verifier::UnsignedWhy::kMissing) == v1::UNSIGNED_WHY_MISSING);
static_assert(To<v1::UnsignedWhy>(verifier::UnsignedWhy::kNotDematerialised) ==
              v1::UNSIGNED_WHY_NOT_DEMATERIALISED);
static_assert(To<v1::Verdict>(verifier::Verdict::kTotalPassed) == v1::VERDICT_TOTAL_PASSED);
static_assert(To<v1::Verdict>(verifier::Verdict::kIncomplete) == v1::VERDICT_INCOMPLETE);
static_assert(To<v1::Verdict>(verifier::Verdict::kIndeterminate) == v1::VERDICT_INDETERMINATE);
static_assert(To<v1::Verdict>(verifier::Verdict::kTotalFailed) == v1::VERDICT_TOTAL_FAILED);
static_assert(To<v1::Verdict>(verifier::Verdict::kNoSignature) == v1::VERDICT_NO_SIGNATURE);
static_assert(To<v1::Verdict>(verifier::Verdict::kRefused) == v1::VERDICT_REFUSED);

}  // namespace sceau::wire
