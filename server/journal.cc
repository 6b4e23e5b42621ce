#include "server/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "base/bytes.h"
#include "base/cut.h"
#include "base/digest.h"
#include "base/strings.h"
#include "server/line_file.h"
#include "server/log.h"

namespace sceau::server {
namespace {

constexpr size_t kMaxDetail = 200U << 10;     // bytes in one record
constexpr size_t kCheckedAtStart = 100;       // checkpoints, the newest
constexpr size_t kMaxCheckpoints = 1U << 30;  // bytes

Status Unavailable(const std::string& path, int error) {
  return Error(Reason::kAuditUnavailable, Concat(path, ": ", std::strerror(error)));
}

Status WritePublicKey(const std::string& path, const std::string& pem) {
  auto file = OutputFile::Create(path, /*force=*/true);
  Status status = file.status();
  if (status.ok()) status = file->Append(pem);
  if (status.ok()) status = file->Publish();
  return status.ok() ? status : Error(Reason::kAuditUnavailable, DetailOf(status));
}

StatusOr<audit::Evidence> NewestCheckpoints(const std::string& path,
                                            const audit::CheckpointKey& key) {
  audit::Evidence evidence;
  SCEAU_ASSIGN_OR_RETURN(evidence.public_key, audit::ReadPublicKey(key.PublicPem()));
  std::error_code error;
  if (!std::filesystem::exists(path, error) && !error) return evidence;
  const auto text = ReadSmallFile(path, kMaxCheckpoints);
  if (!text.ok()) return Error(Reason::kAuditUnavailable, DetailOf(text.status()));
  SCEAU_ASSIGN_OR_RETURN(evidence.checkpoints, audit::ReadCheckpoints(*text));
  auto& all = evidence.checkpoints;
  if (all.size() > kCheckedAtStart) {
    all.erase(all.begin(), all.end() - static_cast<long>(kCheckedAtStart));
  }
  return evidence;
}

audit::Fields StartRecord(const audit::LogWriter::Opened& opened) {
  audit::Fields record = {{"kind", "START"}};
  if (!opened.dropped.empty()) {
    record["dropped"] = {{"bytes", opened.dropped.size()},
                         {"sha256", ToHex(DigestOf(DigestAlgorithm::kSha256, opened.dropped))}};
  }
  for (const audit::OpenIntent& it : opened.open) {
    if (record["unfinished"].size() < 1000) record["unfinished"].push_back(it.request);
  }
  return record;
}

// Those that a record has room for, then how many there are more.
audit::Fields Fitting(const std::vector<std::string>& texts) {
  audit::Fields out = audit::Fields::array();
  size_t size = 0;
  for (const std::string& text : texts) {
    size += text.size();
    if (size > kMaxDetail) {
      out.push_back(Concat("+", texts.size() - out.size()));
      break;
    }
    out.push_back(text);
  }
  return out;
}

audit::Fields FieldsOf(const SigningRecord& it, std::string_view kind) {
  return {{"kind", std::string(kind)}, {"request", it.request},     {"call", it.call},
          {"who", it.caller},          {"document", it.document},   {"key", it.key},
          {"profile", it.profile},     {"selection", it.selection}, {"decision", it.decision}};
}

}  // namespace

Journal::Journal(Options options, const Clock& clock)
    : options_(std::move(options)), clock_(clock) {
  (void)Tend();
}

Journal::~Journal() {
  if (writer_ == nullptr) return;
  const Status status = Write({{"kind", "STOP"}});
  if (status.ok()) (void)Mark(*writer_);
}

Status Journal::Open() {
  if (options_.folder.empty()) return Error(Reason::kAuditUnavailable, "tokens.state_folder");
  std::error_code error;
  const std::string& folder = options_.folder;
  std::filesystem::create_directories(folder, error);
  if (error) return Unavailable(folder, error.value());
  if (::chmod(folder.c_str(), S_IRWXU) != 0) return Unavailable(folder, errno);
  SCEAU_ASSIGN_OR_RETURN(key_, audit::CheckpointKey::OpenOrMake(folder + "/key.pem"));
  SCEAU_RETURN_IF_ERROR(WritePublicKey(folder + "/public.pem", key_->PublicPem()));
  SCEAU_ASSIGN_OR_RETURN(const audit::Evidence evidence,
                         NewestCheckpoints(folder + "/checkpoints", *key_));
  audit::LogWriter::Opened opened;
  SCEAU_ASSIGN_OR_RETURN(std::shared_ptr<audit::LogWriter> writer,
                         audit::LogWriter::Open(folder + "/log", evidence, opened));
  audit::Fields start = StartRecord(opened);
  start["time"] = audit::TimeText(clock_.Now());
  SCEAU_RETURN_IF_ERROR(writer->Append(std::move(start)).status());
  const Status marked = Mark(*writer);
  if (!marked.ok()) Log(LogLevel::kError, "checkpoint", {{"detail", DetailOf(marked)}});
  for (const audit::OpenIntent& it : opened.open) {
    open_.insert(it.request);
    Log(LogLevel::kWarning, "audit", {{"request", it.request}, {"intent_without_end", it.time}});
  }
  if (!opened.dropped.empty()) {
    Log(LogLevel::kWarning, "audit", {{"unfinished_append_bytes", Concat(opened.dropped.size())}});
  }
  writer_ = std::move(writer);
  return OkStatus();
}

StatusOr<std::shared_ptr<audit::LogWriter>> Journal::Writer() {
  const std::lock_guard lock(mutex_);
  if (writer_ == nullptr) state_ = Open();
  if (writer_ == nullptr) return state_;
  return writer_;
}

Status Journal::Write(audit::Fields record) {
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<audit::LogWriter> writer, Writer());
  record["time"] = audit::TimeText(clock_.Now());
  const auto head = writer->Append(std::move(record));
  {
    const std::lock_guard lock(mutex_);
    state_ = head.status();
  }
  SCEAU_RETURN_IF_ERROR(head.status());
  // The record is there; a checkpoint that cannot be written is told by Tend.
  (void)MarkWhenDue(*writer, /*by_time=*/false);
  return OkStatus();
}

Status Journal::Begin(const SigningRecord& record) {
  SCEAU_RETURN_IF_ERROR(Write(FieldsOf(record, "INTENT")));
  const std::lock_guard lock(mutex_);
  open_.insert(record.request);
  return OkStatus();
}

// Two that bring the same end wait for each other.
Status Journal::WriteEnd(const std::string& request, audit::Fields record) {
  SCEAU_RETURN_IF_ERROR(Writer().status());
  const std::lock_guard one(ending_);
  {
    const std::lock_guard lock(mutex_);
    if (!open_.contains(request)) return OkStatus();
  }
  SCEAU_RETURN_IF_ERROR(Write(std::move(record)));
  const std::lock_guard lock(mutex_);
  open_.erase(request);
  return OkStatus();
}

std::string Journal::TextOf(const SigningRecord& record, const SigningEnd& end) {
  audit::Fields fields = FieldsOf(record, "DONE");
  fields["released"] = end.released;
  fields["signatures"] = end.signatures;
  fields["certificates"] = audit::Fields::array();
  for (const std::string& der : end.certificates) {
    fields["certificates"].push_back(ToBase64(der));
  }
  if (!end.revocation.empty()) fields["revocation"] = Fitting(end.revocation);
  if (!end.acts.empty()) {
    fields["role"] = end.role;
    fields["acts"] = end.acts;
  }
  if (!end.justified.empty()) fields["justified"] = Fitting(end.justified);
  return fields.dump();
}

Status Journal::End(const std::string& text) {
  audit::Fields fields = audit::Fields::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!fields.is_object() || !fields.contains("request") || !fields["request"].is_string()) {
    return Error(Reason::kInternal, "end of a request");
  }
  const std::string request = fields["request"];
  return WriteEnd(request, std::move(fields));
}

// The reason; of a decision all that it said. What one record has no room for goes before it, in
// records of the same request.
Status Journal::AddReason(const std::string& request, const Status& why, audit::Fields& fields) {
  const Reason reason = ReasonOf(why).value_or(Reason::kInternal);
  fields["reason"] = std::string(InfoOf(reason).name);
  if (reason != Reason::kCompetenceDenied && reason != Reason::kJustificationRequired) {
    return OkStatus();
  }
  const std::string detail = DetailOf(why);
  std::string_view rest = detail;
  while (rest.size() > kMaxDetail) {
    const size_t cut = rest.rfind("; ", kMaxDetail);
    const std::string_view part =
        cut == std::string_view::npos ? Cut(rest, kMaxDetail) : rest.substr(0, cut + 2);
    SCEAU_RETURN_IF_ERROR(
        Write({{"kind", "REASONS"}, {"request", request}, {"detail", std::string(part)}}));
    rest.remove_prefix(part.size());
  }
  fields["detail"] = std::string(rest);
  return OkStatus();
}

Status Journal::Failed(const SigningRecord& record, const Status& why) {
  audit::Fields fields = FieldsOf(record, "FAILED");
  SCEAU_RETURN_IF_ERROR(AddReason(record.request, why, fields));
  return WriteEnd(record.request, std::move(fields));
}

Status Journal::Prepared(const SigningRecord& record, const std::string& preparation) {
  audit::Fields fields = FieldsOf(record, "PREPARED");
  fields["preparation"] = preparation;
  return Write(std::move(fields));
}

Status Journal::Refused(const SigningRecord& record, const Status& why) {
  audit::Fields fields = FieldsOf(record, "REFUSED");
  SCEAU_RETURN_IF_ERROR(AddReason(record.request, why, fields));
  return Write(std::move(fields));
}

Status Journal::Declined(const SigningRecord& record, const std::string& preparation,
                         const std::string& reason) {
  audit::Fields fields = FieldsOf(record, "DECLINED");
  fields["preparation"] = preparation;
  fields["declined"] = reason;
  return Write(std::move(fields));
}

Status Journal::Changing(const RegisterChange& change) {
  audit::Fields fields = {{"kind", "REGISTER"},
                          {"request", change.request},
                          {"call", change.call},
                          {"who", change.caller},
                          {"records", std::count(change.lines.begin(), change.lines.end(), '\n')},
                          {"sha256", ToHex(DigestOf(DigestAlgorithm::kSha256, change.lines))}};
  // The lines of a large import stand in the register alone.
  if (change.lines.size() <= kMaxDetail) fields["lines"] = change.lines;
  return Write(std::move(fields));
}

Status Journal::NotChanged(const RegisterChange& change, const Status& why) {
  return Write({{"kind", "NOT_CHANGED"},
                {"request", change.request},
                {"reason", std::string(InfoOf(ReasonOf(why).value_or(Reason::kInternal)).name)}});
}

Status Journal::Mark(audit::LogWriter& writer) {
  const std::lock_guard lock(marking_);
  const audit::Head head = writer.head();
  const absl::Time now = clock_.Now();
  SCEAU_ASSIGN_OR_RETURN(const audit::Checkpoint made,
                         key_->Sign(head.log_id, head.n, head.link, now));
  SCEAU_RETURN_IF_ERROR(AddLine(options_.folder + "/checkpoints", made.text));
  marked_ = head.n;
  newest_ = made;
  marked_at_ = now;
  // Whoever keeps the daemon's log has it too.
  Log(LogLevel::kInfo, "checkpoint", {{"audit", made.text}});
  if (options_.copy.empty()) return OkStatus();
  const Status copied = AddLine(options_.copy, made.text);
  if (!copied.ok()) Log(LogLevel::kError, "checkpoint", {{"copy", DetailOf(copied)}});
  return OkStatus();
}

std::optional<audit::Checkpoint> Journal::Newest() {
  const std::lock_guard lock(marking_);
  return newest_;
}

Status Journal::MarkWhenDue(audit::LogWriter& writer, bool by_time) {
  {
    const std::lock_guard lock(marking_);
    const int64_t unmarked = writer.head().n - marked_;
    const bool late = by_time && clock_.Now() - marked_at_ >= options_.checkpoint_period;
    if (unmarked <= 0 || (unmarked < options_.checkpoint_records && !late)) return OkStatus();
  }
  return Mark(writer);
}

Status Journal::Tend() {
  SCEAU_ASSIGN_OR_RETURN(const std::shared_ptr<audit::LogWriter> writer, Writer());
  SCEAU_RETURN_IF_ERROR(writer->Check());
  {
    const std::lock_guard lock(mutex_);
    // What could not be written last is tried with a record of its own.
    if (state_.ok()) return MarkWhenDue(*writer, /*by_time=*/true);
  }
  return Write({{"kind", "RECOVERED"}});
}

}  // namespace sceau::server
