#include "verifier/proof_of_existence.h"

namespace sceau::verifier {

std::optional<ProofOfExistence> EarliestProof(const std::vector<ProofOfExistence>& proofs,
                                              std::string_view sha256, absl::Time now) {
  const ProofOfExistence* earliest = nullptr;
  for (const ProofOfExistence& it : proofs) {
    if (sha256.empty() || it.sha256 != sha256 || it.at > now) continue;
    if (earliest == nullptr || it.at < earliest->at) earliest = &it;
  }
  return earliest == nullptr ? std::nullopt : std::optional(*earliest);
}

}  // namespace sceau::verifier
