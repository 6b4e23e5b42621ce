// One trusted list as it is read (ETSI TS 119 612, versions 5 and 6). Nothing here says that it may
// be relied on: see trusted_list_signature.h and trusted_lists.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/openssl.h"
#include "base/status.h"

namespace sceau::verifier {

inline constexpr int64_t kMaxListSize = int64_t{32} << 20;  // bytes; real ones stay below 6 MiB

// What a certificate must be like for qualifiers to be about it (§5.5.9.2.2.2, CriteriaList).
struct Criteria {
  enum class Kind { kAll, kAtLeastOne, kNone, kKeyUsage, kPolicies, kExtendedKeyUsages, kSubject };
  Kind kind = Kind::kAll;
  std::vector<std::string> oids;                    // every one must be in the certificate
  std::vector<std::pair<std::string, bool>> usage;  // bits of the key usage and their values
  std::vector<Criteria> children;                   // of the first three kinds
};

struct QualificationElement {
  std::vector<std::string> qualifiers;  // "QCWithQSCD": the URI's last part
  Criteria criteria;
};

// A service from `starting` until the next period starts (§5.5.4, §5.6).
struct ServicePeriod {
  std::string type;    // "CA/QC": what follows Svctype/ in the URI
  std::string status;  // "granted": what follows Svcstatus/
  absl::Time starting;
  std::vector<std::string> additional;  // "ForeSignatures": what follows SvcInfoExt/
  std::vector<QualificationElement> qualifications;
  // False when a critical extension or a criterion is not known: then it says nothing.
  bool understood = true;
};

struct TrustService {
  std::string provider, name;            // the first of each in the list
  std::vector<X509Handle> certificates;  // of its digital identity
  std::vector<ServicePeriod> periods;    // the newest first

  // What the list said of the service at that instant; null before its first period.
  const ServicePeriod* At(absl::Time at) const;
};

struct ListPointer {  // §5.3.13
  std::string location, territory, list_type, mime_type;
  std::vector<X509Handle> signers;
};

struct TrustedList {
  int version = 0;       // 5 or 6
  int64_t sequence = 0;  // grows with every issue
  std::string list_type, territory;
  absl::Time issued;
  // Absent: the list is closed and will have no successor.
  std::optional<absl::Time> next_update;
  std::vector<std::string> information_uris;  // in the list of lists: also its pivots, newest first
  std::vector<ListPointer> pointers;
  // Only those that issue qualified certificates or qualified time stamps, now or once.
  std::vector<TrustService> services;

  bool IsListOfLists() const { return list_type.ends_with("listofthelists"); }
};

// Reads one pass of events; memory is bounded by what is kept. `sha256` receives the digest (raw)
// of what was read. Errors: those of xml::Parse; kTrustedListInvalid with the place.
StatusOr<TrustedList> ReadTrustedList(const InputFile& file, std::string& sha256);

}  // namespace sceau::verifier
