#include "verifier/certificate_path.h"

#include <openssl/x509v3.h>

#include "base/strings.h"

namespace sceau::verifier {
namespace {

std::string Fingerprint(const X509* certificate) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), bytes, &size);
  return std::string(bytes, bytes + size);
}

PathDemands DemandsOf(const PathTask& task) {
  return {task.at, {}, task.purpose == TrustPurpose::kTimeStamping ? NID_time_stamp : NID_undef};
}

}  // namespace

std::string KeyOf(const PathTask& task) {
  std::string key = Concat(NameOf(task.purpose), " ", schemas::NameOf(task.document), " ",
                           absl::ToUnixNanos(task.at), " ", Fingerprint(task.certificate));
  for (const X509* other : task.others) key += Fingerprint(other);
  return key;
}

Path PathResult::chain() const {
  Path path;
  for (const X509Handle& it : certificates) path.push_back(it.get());
  return path;
}

const PathResult& PathJudge::Judge(const PathTask& task) {
  auto& known = known_[KeyOf(task)];
  if (known == nullptr) known = std::make_unique<const PathResult>(Find(task));
  return *known;
}

PathResult PathJudge::Find(const PathTask& task) const {
  Path anchors, others;
  for (const TrustAnchor& anchor : trust_->anchors()) {
    const bool counts = anchor.limits.Allow(task.document, task.purpose, task.at);
    (counts ? anchors : others).push_back(anchor.certificate.get());
  }
  PathResult result = FindTo(anchors, task);
  // A chain to an anchor that is trusted for something else is none; it helps to know.
  if (result.fault.reason == "CHAIN_NOT_TRUSTED" && !others.empty() &&
      FindTo(others, task).trusted()) {
    result.fault.reason = "ANCHOR_NOT_FOR_THIS";
  }
  return result;
}

PathResult PathJudge::FindTo(const Path& anchors, const PathTask& task) const {
  PathBuilder builder(anchors, task.others);
  PathResult result;
  const bool found = builder.Visit(task.certificate, [&](const Path& path) {
    PathFault fault = ValidatePath(path, DemandsOf(task));
    if (fault.none()) {
      for (X509* it : path) result.certificates.push_back(Share(it));
    } else if (SaysMore(fault, result.fault)) {
      result.fault = fault;
    }
    return fault.none();
  });
  if (found) {
    result.fault = {};
    // An authority's certificate signs certificates, unless it is itself what is trusted.
    if (result.certificates.size() > 1 && X509_check_ca(task.certificate) != 0) {
      result.fault = {"CERTIFICATE_NOT_FOR_SIGNING", "CHAIN_CONSTRAINTS_FAILURE", "CA"};
    }
  } else if (builder.tried() == 0) {
    result.fault = {"CHAIN_NOT_TRUSTED", "NO_CERTIFICATE_CHAIN_FOUND", builder.missing_issuer()};
  }
  return result;
}

}  // namespace sceau::verifier
