#include "verifier/path_building.h"

#include <openssl/x509v3.h>

#include <algorithm>
#include <utility>

#include "xades/certificate.h"

namespace sceau::verifier {
namespace {

// Bounds the work that many certificates with the same name can cause.
constexpr size_t kMaxSteps = 4096;

// Names and key identifiers fit; whether the issuer may sign certificates is for the validation to
// say.
bool MayHaveIssued(X509* issuer, X509* subject) {
  const int result = X509_check_issued(issuer, subject);
  return result == X509_V_OK || result == X509_V_ERR_KEYUSAGE_NO_CERTSIGN;
}

bool Same(const X509* a, const X509* b) { return X509_cmp(a, b) == 0; }

}  // namespace

std::string ShownName(const X509_NAME* name) {
  constexpr size_t kMaxShown = 200;
  std::string text = xades::NameText(name);
  if (text.size() <= kMaxShown) return text;
  size_t end = kMaxShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // UTF-8
  return text.substr(0, end) + "…";
}

std::string ShownSubject(const X509* certificate) {
  return ShownName(X509_get_subject_name(certificate));
}

PathBuilder::PathBuilder(std::vector<X509*> anchors, std::vector<X509*> others)
    : anchors_(std::move(anchors)), others_(std::move(others)) {}

bool PathBuilder::Visit(X509* target, const std::function<bool(const Path&)>& visit) {
  tried_ = steps_ = furthest_ = 0;
  missing_issuer_.clear();
  path_ = {target};
  for (X509* anchor : anchors_) {
    if (!Same(anchor, target)) continue;
    ++tried_;
    return visit({anchor});
  }
  for (length_ = 2; length_ <= kMaxPathLength; ++length_) {
    if (Extend(visit)) return true;
    if (tried_ >= kMaxPaths || steps_ >= kMaxSteps) break;
    if (furthest_ + 1 < length_) break;  // no chain is that long, whatever comes after it
  }
  if (tried_ > 0) missing_issuer_.clear();
  return false;
}

// Paths of exactly length_ certificates that begin with path_.
bool PathBuilder::Extend(const std::function<bool(const Path&)>& visit) {
  X509* last = path_.back();
  const bool closing = path_.size() + 1 == length_;
  const bool further = path_.size() > furthest_;
  furthest_ = std::max(furthest_, path_.size());
  bool extended = false;
  for (X509* candidate : closing ? anchors_ : others_) {
    if (!MayHaveIssued(candidate, last) || Within(candidate)) continue;
    if (++steps_ > kMaxSteps || tried_ >= kMaxPaths) return false;
    extended = true;
    path_.push_back(candidate);
    if (closing) ++tried_;
    const bool accepted = closing ? visit(path_) : Extend(visit);
    path_.pop_back();
    if (accepted) return true;
  }
  if (!extended && further) {
    missing_issuer_ = ShownName(X509_get_issuer_name(last));
  }
  return false;
}

bool PathBuilder::Within(const X509* certificate) const {
  return std::any_of(path_.begin(), path_.end(),
                     [&](const X509* it) { return Same(it, certificate); });
}

}  // namespace sceau::verifier
