// Brings a folder of trusted lists up to date from the network (trusted_lists.h).
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/status.h"
#include "verifier/http_exchange.h"

namespace sceau::verifier {

// Where the Commission publishes the list of lists.
inline constexpr std::string_view kListOfListsUrl = "https://ec.europa.eu/tools/lotl/eu-lotl.xml";

struct RefreshOptions {
  std::string url = std::string(kListOfListsUrl);
  std::vector<std::string> territories;  // "FR"; empty: every one
  HttpLimits limits = {.deadline = absl::Seconds(60), .max_size = size_t{32} << 20};
};

// One list that was asked for.
struct RefreshedList {
  std::string territory;  // "EU" for the list of lists, unless it says otherwise
  std::string url;
  // OK: the folder has what the address gives. Else nothing of the folder has changed:
  // kServiceUnavailable, and those of CheckListOfLists, CheckNational, CheckCurrent;
  // kTrustedListRollback when the folder has a later issue.
  Status status;
};

// The list of lists first, with its pivots, then those it names. Pivots are asked for only at the
// scheme and host of the list of lists, before it is known to be true. A national list is asked for
// at the address of a list of lists that is.
// Errors: kTrustUnreadable when the folder has no signers; kOutputUnwritable.
StatusOr<std::vector<RefreshedList>> RefreshTrustedLists(const std::string& folder,
                                                         const RefreshOptions& options,
                                                         absl::Time now);

}  // namespace sceau::verifier
