#include "verifier/audit_evidence.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "audit/chain.h"
#include "audit/stamp.h"
#include "base/strings.h"
#include "verifier/time_stamp_validation.h"

namespace sceau::verifier {
namespace {

constexpr int64_t kLargestLog = std::numeric_limits<int64_t>::max();
constexpr size_t kLargestFile = size_t{1} << 30;  // of checkpoints or stamps, bytes

struct LogFolder {
  audit::Evidence evidence;
  std::vector<audit::Stamp> stamps;
};

StatusOr<LogFolder> ReadFolder(const std::string& folder) {
  LogFolder read;
  SCEAU_ASSIGN_OR_RETURN(const std::string key, ReadSmallFile(folder + "/public.pem"));
  SCEAU_ASSIGN_OR_RETURN(read.evidence.public_key, audit::ReadPublicKey(key));
  SCEAU_ASSIGN_OR_RETURN(const std::string lines,
                         ReadSmallFile(folder + "/checkpoints", kLargestFile));
  SCEAU_ASSIGN_OR_RETURN(read.evidence.checkpoints, audit::ReadCheckpoints(lines));
  std::error_code error;
  if (!std::filesystem::exists(folder + "/stamps", error)) return read;
  SCEAU_ASSIGN_OR_RETURN(const std::string stamps, ReadSmallFile(folder + "/stamps", kLargestFile));
  SCEAU_ASSIGN_OR_RETURN(read.stamps, audit::ReadStamps(stamps));
  return read;
}

std::string TextIn(const audit::Fields& fields, const char* name) {
  const auto found = fields.find(name);
  return found != fields.end() && found->is_string() ? found->get<std::string>() : "";
}

// The records of the log, held against the stamps as they pass.
class Reader {
 public:
  Reader(const LogFolder& folder, AuditEvidence& out) : out_(out) {
    for (const audit::Stamp& it : folder.stamps) stamps_.emplace(it.checkpoint.n, &it);
  }

  void Take(const audit::Record& record) {
    const std::string released = TextIn(record.fields, "released");
    if (TextIn(record.fields, "kind") == "DONE" && !released.empty()) {
      out_.released.try_emplace(released, ReleasedFile{record.n, TextIn(record.fields, "request"),
                                                       TextIn(record.fields, "time")});
    }
    const auto [begin, end] = stamps_.equal_range(record.n);
    for (auto it = begin; it != end; ++it) {
      if (it->second->checkpoint.link == record.link) good_.push_back(it->second);
    }
  }

  // Those whose checkpoint is of this chain, in the order of their records.
  const std::vector<const audit::Stamp*>& OfThisChain() const { return good_; }
  size_t OfAnother() const { return stamps_.size() - good_.size(); }

 private:
  AuditEvidence& out_;
  std::multimap<int64_t, const audit::Stamp*> stamps_;
  std::vector<const audit::Stamp*> good_;
};

// Each file by the earliest good stamp at or after its record. `stamped`: by record.
void Prove(std::map<int64_t, absl::Time> stamped, AuditEvidence& out) {
  // A later record may have the earlier stamp: it covers what is before it all the same.
  absl::Time earliest = absl::InfiniteFuture();
  for (auto it = stamped.rbegin(); it != stamped.rend(); ++it) {
    earliest = it->second = std::min(earliest, it->second);
  }
  for (const auto& [sha256, file] : out.released) {
    const auto first = stamped.lower_bound(file.record);
    if (first == stamped.end()) continue;
    out.proofs.push_back({.sha256 = sha256,
                          .at = first->second,
                          .source = Concat("audit ", out.log.log_id, " ", file.record)});
  }
}

}  // namespace

StatusOr<AuditEvidence> ReadAuditEvidence(const std::string& folder, const VerifyOptions& options) {
  SCEAU_ASSIGN_OR_RETURN(const LogFolder read, ReadFolder(folder));
  SCEAU_ASSIGN_OR_RETURN(const InputFile log, InputFile::Open(folder + "/log", kLargestLog));
  AuditEvidence out;
  Reader reader(read, out);
  SCEAU_ASSIGN_OR_RETURN(
      out.log, audit::CheckLog(log, &read.evidence,
                               [&](const audit::Record& record) { reader.Take(record); }));
  std::map<int64_t, absl::Time> stamped;
  for (const audit::Stamp* stamp : reader.OfThisChain()) {
    const int64_t n = stamp->checkpoint.n;
    const StampVerdict verdict = JudgeStamp(stamp->token, stamp->checkpoint.text, options);
    if (!verdict.at) {
      out.unproven.push_back(Concat(n, " ", verdict.why));
      continue;
    }
    const auto [known, added] = stamped.emplace(n, *verdict.at);
    if (!added) known->second = std::min(known->second, *verdict.at);
    out.stamped = std::max(out.stamped, n);
  }
  if (reader.OfAnother() > 0) {
    out.unproven.push_back(Concat(reader.OfAnother(), " TIME_STAMP_OF_SOMETHING_ELSE"));
  }
  Prove(std::move(stamped), out);
  return out;
}

}  // namespace sceau::verifier
