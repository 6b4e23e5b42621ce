// Judges the signatures of a file. No token, no daemon, at most two passes, and no network unless
// revocation data is to be had from there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "verifier/proof_of_existence.h"
#include "verifier/report.h"
#include "verifier/revocation.h"
#include "verifier/trust.h"
#include "xades/certificate.h"

namespace sceau::verifier {

class TrustedLists;

// A file that a detached signature may be of.
struct GivenContent {
  std::string name;  // in its folder
  std::shared_ptr<const InputFile> file;
};

struct VerifyOptions {
  std::shared_ptr<const TrustAnchors> trust = TrustAnchors::None();
  // For the qualification of signatures; their authorities are trusted only when `trust` has them
  // (TrustedLists::AddedTo). Null: there are none.
  std::shared_ptr<const TrustedLists> lists;
  absl::Time validation_time;
  // Certificates that may be the signer's of a signature (XML-DSig) that names none.
  std::vector<std::shared_ptr<const xades::Certificate>> signers;
  RevocationSources revocation;
  // Beside the document. Names are different. A signature that stands alone is compared with the
  // only one, whatever its name.
  std::vector<GivenContent> contents;
  // Proofs from outside; those of other files are of no matter. They count as a time stamp over
  // everything in the file does, attachments included.
  std::vector<ProofOfExistence> proofs;
  // Judge the signatures inside the attachments of a PES too, each with its own verdict.
  bool attachments = false;
};

// Always a report: a file that cannot be judged is kRefused with the reason.
// `name` is what the report calls the file.
FileReport Verify(const InputFile& file, const std::string& name, const VerifyOptions& options);

}  // namespace sceau::verifier
