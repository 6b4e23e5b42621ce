// Trust anchors: certificates from PEM files and folders, each with what it is trusted for.
//
// Beside NAME.pem may stand NAME.toml:
//   version = 1
//   documents = ["PES_ALLER"]                 # kinds of document; absent: every kind
//   purposes = ["signature", "time-stamping"] # absent: both
//   from = "2015-01-01"                       # counts from this day
//   until = "2026-07-01"                      # and no longer from this one
// An authority that the accountant alone accepts is trusted for PES files alone.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "base/openssl.h"
#include "base/status.h"
#include "schemas/pes.h"

namespace sceau::verifier {

enum class TrustPurpose { kSignature, kTimeStamping };
std::string_view NameOf(TrustPurpose purpose);  // "signature", "time-stamping"

struct TrustLimits {
  std::vector<std::string> documents;  // names of schemas::Kind; empty: every kind
  std::vector<std::string> purposes;   // names of TrustPurpose; empty: every purpose
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();

  bool Allow(schemas::Kind kind, TrustPurpose purpose, absl::Time at) const;
};

struct TrustAnchor {
  X509Handle certificate;
  TrustLimits limits;
  std::string file;
};

class TrustAnchors {
 public:
  // Files or folders (every *.pem, *.crt, *.cer in them), PEM or DER, with their limits.
  // Errors: kTrustUnreadable with the path, also for a path without any certificate and for limits
  // that are not as above: what cannot be read limits nothing, so nothing is trusted.
  static StatusOr<std::shared_ptr<const TrustAnchors>> Load(const std::vector<std::string>& paths);
  static std::shared_ptr<const TrustAnchors> None();
  // Those of `trust` and these.
  static std::shared_ptr<const TrustAnchors> Joined(const TrustAnchors& trust,
                                                    std::vector<TrustAnchor> more);

  bool empty() const { return anchors_.empty(); }
  const std::vector<TrustAnchor>& anchors() const { return anchors_; }

 private:
  std::vector<TrustAnchor> anchors_;
};

// The limits in this form, for the file beside a certificate; empty when there are none.
std::string LimitsText(const TrustLimits& limits);
// Error: kTrustUnreadable, naming the file (`origin`) and the key.
StatusOr<TrustLimits> ParseLimits(std::string_view text, const std::string& origin);

}  // namespace sceau::verifier
