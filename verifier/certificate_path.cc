#include "verifier/certificate_path.h"

#include <openssl/x509v3.h>

#include <utility>

namespace sceau::verifier {

PathJudge::PathJudge(std::shared_ptr<const TrustAnchors> trust, absl::Time at)
    : trust_(std::move(trust)), at_(at) {}

const PathResult& PathJudge::Judge(
    const xades::Certificate& signer,
    const std::vector<std::shared_ptr<const xades::Certificate>>& others) {
  std::string key = signer.der();
  for (const auto& other : others) key += other->der();
  auto& known = known_[DigestOf(DigestAlgorithm::kSha256, key)];
  if (known == nullptr) known = std::make_unique<const PathResult>(Find(signer, others));
  return *known;
}

PathResult PathJudge::Find(
    const xades::Certificate& signer,
    const std::vector<std::shared_ptr<const xades::Certificate>>& others) const {
  Path anchors, between;
  for (const X509Handle& anchor : trust_->anchors()) anchors.push_back(anchor.get());
  for (const auto& other : others) between.push_back(other->x509());
  PathBuilder builder(std::move(anchors), std::move(between));
  PathResult result;
  const PathDemands demands{at_, {}, NID_undef};
  const bool found = builder.Visit(signer.x509(), [&](const Path& path) {
    PathFault fault = ValidatePath(path, demands);
    if (fault.none()) {
      for (X509* it : path) result.chain.emplace_back(Share(it).release(), X509_free);
    } else if (SaysMore(fault, result.fault)) {
      result.fault = fault;
    }
    return fault.none();
  });
  if (found) {
    result.fault = {};
    // An authority's certificate signs certificates, unless it is itself what is trusted.
    if (result.chain.size() > 1 && X509_check_ca(signer.x509()) != 0) {
      result.fault = {"CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE", "CA"};
    }
  } else if (builder.tried() == 0) {
    result.fault = {"CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND", builder.missing_issuer()};
  }
  return result;
}

}  // namespace sceau::verifier
