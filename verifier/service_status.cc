#include "verifier/service_status.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace sceau::verifier {
namespace {

// Statuses that only the Directive knew.
constexpr std::string_view kOldStatuses[] = {"undersupervision", "supervisionincessation",
                                             "accredited"};

bool IsOldStatus(const ServicePeriod& period) {
  return std::find(std::begin(kOldStatuses), std::end(kOldStatuses), period.status) !=
         std::end(kOldStatuses);
}

bool Has(const ServicePeriod& period, std::string_view information) {
  return std::find(period.additional.begin(), period.additional.end(), information) !=
         period.additional.end();
}

// A service for web sites alone vouches for no signature.
bool OnlyForWebSites(const ServicePeriod& period) {
  return Has(period, "ForWebSiteAuthentication") && !Has(period, "ForeSignatures") &&
         !Has(period, "ForeSeals");
}

std::optional<TrustPurpose> PurposeOf(const ServicePeriod& period) {
  if (!period.understood) return std::nullopt;
  if (period.type == "CA/QC" && !OnlyForWebSites(period)) return TrustPurpose::kSignature;
  if (period.type == "TSA/QTST") return TrustPurpose::kTimeStamping;
  return std::nullopt;
}

}  // namespace

absl::Time StartOfRegulation() {
  static const absl::Time kStart = absl::FromCivil(absl::CivilDay(2016, 7, 1), absl::UTCTimeZone());
  return kStart;
}

bool IsGranted(const ServicePeriod& period, absl::Time at) {
  return period.status == "granted" || (at < StartOfRegulation() && IsOldStatus(period));
}

std::vector<TrustedSpan> TrustedSpansOf(const TrustService& service) {
  std::vector<TrustedSpan> spans;
  absl::Time end = absl::InfiniteFuture();
  for (const ServicePeriod& period : service.periods) {  // the newest first
    const auto purpose = PurposeOf(period);
    const absl::Time until = IsOldStatus(period) ? std::min(end, StartOfRegulation()) : end;
    if (purpose && IsGranted(period, period.starting) && period.starting < until) {
      const bool goes_on =
          !spans.empty() && spans.back().purpose == *purpose && spans.back().from == until;
      if (goes_on) {
        spans.back().from = period.starting;
      } else {
        spans.push_back({*purpose, period.starting, until});
      }
    }
    end = std::min(end, period.starting);
  }
  return spans;
}

}  // namespace sceau::verifier
