#include "verifier/time_stamp_validation.h"

#include <utility>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

SignatureReason Unproven(std::string_view code, std::string_view detail) {
  return {std::string(code), schemas::Severity::kWarning, std::string(detail)};
}

// Why the token proves nothing; none: it does.
std::optional<SignatureReason> Fault(const StampEvidence& stamp, const UnsignedEvidence& evidence,
                                     schemas::Kind document, absl::Time at,
                                     CertificateValidator& certificates) {
  const TimeStamp& token = stamp.token;
  if (!stamp.imprint_holds) return Unproven("TIME_STAMP_OF_SOMETHING_ELSE", "messageImprint");
  if (token.time() > at + kClockSkew) return Unproven("TIME_STAMP_IN_FUTURE", "genTime");
  if (const auto weak = FindUnreliable(token.algorithms(), at)) {
    return Unproven("TIME_STAMP_WEAK", weak->name);
  }
  if (token.signer() == nullptr) return Unproven("TIME_STAMP_NOT_TRUSTED", "certificate");
  CertificateQuestion question;
  question.path.certificate = token.signer();
  question.path.others = token.certificates();
  for (const X509Handle& it : evidence.certificates) question.path.others.push_back(it.get());
  question.path.purpose = TrustPurpose::kTimeStamping;
  question.path.document = document;
  question.path.at = at;
  question.embedded = &evidence.revocation;
  const CertificateVerdict verdict = certificates.Validate(question);
  if (!verdict.shortfalls.empty()) {
    const Shortfall& first = verdict.shortfalls.front();
    return Unproven("TIME_STAMP_NOT_TRUSTED",
                    Concat(first.sub_indication, " ", first.code, " ", first.detail));
  }
  const std::string wrong = token.Fault(certificates.PathOf(question.path).chain(), at);
  if (!wrong.empty()) return Unproven("TIME_STAMP_WRONG", wrong);
  return std::nullopt;
}

}  // namespace

ProofOfTime FindProofOfTime(const UnsignedEvidence& evidence, schemas::Kind document,
                            absl::Time validation_time, CertificateValidator& certificates) {
  ProofOfTime proof;
  for (const StampEvidence& stamp : evidence.time_stamps) {
    if (auto fault = Fault(stamp, evidence, document, validation_time, certificates)) {
      proof.reasons.push_back(*std::move(fault));
    } else if (!proof.at || stamp.token.time() < *proof.at) {
      proof.at = stamp.token.time();
    }
  }
  for (const std::string& name : evidence.unreadable) {
    proof.reasons.push_back(Unproven("UNSIGNED_PROPERTY_UNREADABLE", name));
  }
  return proof;
}

StampVerdict JudgeStamp(std::string_view token, std::string_view octets,
                        const VerifyOptions& options) {
  auto read = TimeStamp::Parse(token);
  if (!read.ok()) return {std::nullopt, "TIME_STAMP_WRONG"};
  const absl::Time at = read->time();
  const bool holds = read->Imprints(octets);
  CertificateValidator certificates(options.trust, options.revocation);
  const auto fault = Fault({*std::move(read), holds}, {}, schemas::Kind::kOther,
                           options.validation_time, certificates);
  if (fault) return {std::nullopt, Concat(fault->code, " ", fault->detail)};
  return {at, ""};
}

}  // namespace sceau::verifier
