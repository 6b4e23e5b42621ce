// May this signer sign this document, now or at another instant, and why? Asked by the command and
// of the service alike; nothing is signed, no token is touched.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "policy/decision.h"
#include "policy/register.h"
#include "schemas/sent_register.h"
#include "verifier/verifier.h"

namespace sceau::delegations {

struct Question {
  std::string certificate;  // the signer's, DER
  // By Id or reference; else every bordereau, and of a document without any the whole.
  std::vector<std::string> bordereaux;
  bool whole = false;            // the whole document, too
  std::optional<absl::Time> at;  // absent: now
};

struct Explained {
  std::string of;  // the bordereau; empty: the whole document
  // By all that is recorded, and by what was recorded at that instant.
  policy::Decision known_now, known_then;
};

struct Explanation {
  std::string subject;  // of the certificate
  std::string sha256;   // of the document, lower-case hexadecimal
  std::string siret;    // of the budget it names (a claim, P-03); empty: none, or several
  absl::Time at;
  std::vector<Explained> elements;
};

// What explanations are made of; each outlives the call.
struct Grounds {
  const policy::Register& facts;
  const verifier::VerifyOptions& judgement;  // of signatures in the document's attachments, for now
  const schemas::SentRegister* sent;         // null: what was sent earlier is not known
};

// Errors: those of schemas::Inspect; kCertificateNotValid, kBordereauNotFound, kBordereauAmbiguous.
StatusOr<Explanation> Explain(const InputFile& input, const Question& question,
                              const Grounds& grounds, absl::Time now);

}  // namespace sceau::delegations
