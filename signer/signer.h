// Signs bordereaux of a PES file, or the whole of a PES file or a budget act: one parse, then one
// copy with insertions.
//
//   Prepare: one parse digests every candidate and collects facts and offsets; the rules that
//            refuse are applied, while another thread checks the schema and the receiver's
//            rules; nothing is written and no token is touched.
//   Complete: signs what was prepared (in parallel), copies the file with the insertions into an
//            output that has no name yet, and verifies it with the verifier's own code.
// The caller publishes the output afterwards. Memory grows with the number of elements to sign, not
// with the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/signature_scheme.h"
#include "base/status.h"
#include "schemas/budget.h"
#include "schemas/pes.h"
#include "verifier/verifier.h"
#include "xades/profile.h"
#include "xml/splice.h"

namespace sceau::schemas {
struct CheckOptions;
}

namespace sceau::signer {

struct Selection {
  enum class What { kWhole, kAll, kListed };
  What what = What::kAll;
  std::vector<std::string> bordereaux;  // for kListed: Id or DOMAIN:Exer:TypBord:IdBord
};

struct SignatureParameters {
  std::shared_ptr<const xades::Profile> profile;
  Selection selection;
  std::string role;  // the signer's quality (ClaimedRole, ETSI TS 101 903 §7.2.8), UTF-8
  std::string city, postal_code, country;
  bool set_dematerialisee = false;
  absl::Time signing_time;
  // DER: the signer's certificate, then what is known of its chain.
  std::vector<std::string> certificates;
  // The schema sets and local agreements that what is signed must keep; null: the own set alone.
  // Of its options, the day and what is to be signed are set here.
  std::shared_ptr<const schemas::CheckOptions> rules;
};

// One element that will carry a signature.
struct Target {
  schemas::Scope scope = schemas::Scope::kBordereau;
  size_t bordereau = 0;      // index into facts.bordereaux, for kBordereau
  std::string id;            // reports name it so
  std::string reference_id;  // the Id the reference names; empty: the document (URI="")
  std::string signature_id;
  std::string element_digest;  // raw
  int64_t offset = 0;          // where the signature goes
  std::string before, after;   // markup put around it
};

struct Prepared {
  SignatureParameters parameters;
  schemas::Kind kind = schemas::Kind::kOther;
  std::string sha256;  // of the input as it was read, raw
  xml::Encoding encoding = xml::Encoding::kUtf8;
  schemas::PesFacts facts;
  std::optional<schemas::BudgetFacts> budget;  // of a budget act
  std::vector<xml::PlannedEdit> edits;         // Ids and flags, in order of offset
  std::vector<Target> targets;                 // in order of offset
  // Of the receiver's rules and the local agreement: they do not keep anybody from signing.
  std::vector<schemas::Finding> warnings;  // the first kMaxWarnings
  int64_t warning_count = 0;
  // Of a detached signature: the file it is of.
  std::vector<verifier::GivenContent> contents;
};
inline constexpr size_t kMaxWarnings = 100;

// Errors: those of the parser; kDocumentUnknown, kDocumentNotSupported, kNothingToSign,
// kInputChanged, kBordereauNotFound, kBordereauAmbiguous, kAlreadySigned, kRootAlreadySigned,
// kDuplicateId, kInfoDematerialiseeMissing, kBudgetActRefused, kRuleBroken, kElementMalformed,
// kRoleMissing, kPlaceMissing, kCertificateNotValid, kCertificateNotForSigning, kAlgorithmRefused.
StatusOr<Prepared> Prepare(const InputFile& input, const SignatureParameters& parameters);

// What a key does: gives `made` the signature value over each message (hashed by the key's side
// with `scheme`), in their order and in XML Signature's form (ECDSA as r‖s), and ends with the
// first error, also of `made`. Called from several threads at once.
using Made = std::function<Status(size_t index, std::string value)>;
using SignFunction = std::function<Status(const SignatureScheme& scheme,
                                          std::span<const std::string> messages, const Made& made)>;

struct CompleteOptions {
  int parallelism = 2;  // signatures in flight
  // Called after each signature, from any thread but one at a time.
  std::function<void(const Target& target, size_t done, size_t total)> progress;
  // Asked before each signature; an error (cancelled, deadline) stops the work.
  std::function<Status()> still_wanted;
};

// One signature that was made.
struct SignedElement {
  schemas::Scope scope = schemas::Scope::kBordereau;
  std::string of;  // the bordereau's or the root's Id
  std::string signature_id;
};

struct Outcome {
  std::vector<xml::Edit> edits;         // what differs from the input, in order of offset
  std::vector<SignedElement> elements;  // in document order
  std::string sha256;                   // of the output, lower-case hexadecimal
  int64_t size = 0;                     // bytes
};

// Writes the signed document into `output` and verifies it there; the caller publishes. What was
// prepared is given away: its facts are not needed any more, and there may be many.
// Errors: those of `sign`, kSignatureCheckFailed, kOutputCheckFailed, kOutputUnwritable,
// kInputChanged when the input is not, byte for byte, what was prepared and perhaps shown.
StatusOr<Outcome> Complete(const InputFile& input, Prepared prepared, const SignFunction& sign,
                           const CompleteOptions& options, OutputFile& output);

}  // namespace sceau::signer
