#include "server/results.h"

#include <set>
#include <utility>

#include "absl/strings/escaping.h"
#include "server/convert.h"
#include "server/log.h"
#include "server/store_files.h"

namespace sceau::server {
namespace {

using store::Blob;
using store::Row;

constexpr std::string_view kColumns =
    "name, request, fingerprint, state, stored, size, sha256, end, edits, elements";

// No caller's name has a space.
std::string NameOf(const RequestName& request) {
  return request.caller + " " + request.idempotency_key;
}

int64_t NumberOf(ResultState state) { return static_cast<int64_t>(state); }

v1::EditList ListOf(const std::vector<xml::Edit>& edits) {
  v1::EditList list;
  for (const xml::Edit& it : edits) *list.add_edits() = ToWire(it);
  return list;
}

v1::SignedElementList ListOf(const std::vector<signer::SignedElement>& elements) {
  v1::SignedElementList list;
  for (const signer::SignedElement& it : elements) *list.add_elements() = ToWire(it);
  return list;
}

}  // namespace

struct Results::Entry {
  std::string name, request, fingerprint;
  ResultState state = ResultState::kKept;
  absl::Time stored;
  int64_t size = 0;
  std::string sha256, end, edits, elements;

  static std::unique_ptr<Entry> Of(const Row& row) {
    return std::make_unique<Entry>(Entry{.name = row.Text(0),
                                         .request = row.Text(1),
                                         .fingerprint = row.Bytes(2),
                                         .state = static_cast<ResultState>(row.Number(3)),
                                         .stored = absl::FromUnixMillis(row.Number(4)),
                                         .size = row.Number(5),
                                         .sha256 = row.Bytes(6),
                                         .end = row.Text(7),
                                         .edits = row.Bytes(8),
                                         .elements = row.Bytes(9)});
  }
};

StatusOr<std::unique_ptr<Results>> Results::Open(const std::string& state, const Limits& limits,
                                                 const Clock& clock, RecordEnd record_end) {
  SCEAU_ASSIGN_OR_RETURN(store::PrivateFolder folder,
                         store::PrivateFolder::Open(ResultsFolderOf(state)));
  SCEAU_ASSIGN_OR_RETURN(std::unique_ptr<store::Database> database,
                         store::Database::Open(DatabaseOf(state), kStoreMigrations));
  std::unique_ptr<Results> made(
      new Results(std::move(database), std::move(folder), limits, clock, std::move(record_end)));
  SCEAU_RETURN_IF_ERROR(made->TakeUp());
  made->DropExpired();
  return made;
}

// What an earlier daemon left.
Status Results::TakeUp() {
  SCEAU_ASSIGN_OR_RETURN(const std::vector<Row> rows,
                         database_->Run("SELECT request FROM result WHERE state < ?1",
                                        {NumberOf(ResultState::kOver)}));
  std::set<std::string> known;
  for (const Row& row : rows) known.insert(row.Text(0));
  SCEAU_ASSIGN_OR_RETURN(const std::vector<std::string> swept, folder_.Sweep(known));
  for (const std::string& name : swept) Log(LogLevel::kWarning, "results", {{"swept", name}});
  SCEAU_ASSIGN_OR_RETURN(
      const std::vector<Row> kept,
      database_->Run(Concat("SELECT ", kColumns, " FROM result WHERE state = ?1"),
                     {NumberOf(ResultState::kKept)}));
  for (const Row& row : kept) {
    const std::unique_ptr<Entry> entry = Entry::Of(row);
    const Status ended = End(*entry);
    Log(LogLevel::kWarning, "results",
        {{"kept", entry->request}, {"ended", ended.ok() ? "OK" : DetailOf(ended)}});
  }
  return OkStatus();
}

StatusOr<std::unique_ptr<Results::Entry>> Results::Read(std::string_view where,
                                                        std::vector<store::Value> values) {
  SCEAU_ASSIGN_OR_RETURN(
      const std::vector<Row> rows,
      database_->Run(Concat("SELECT ", kColumns, " FROM result WHERE ", where), values));
  return rows.empty() ? nullptr : Entry::Of(rows.front());
}

Status Results::End(Entry& entry) {
  if (entry.state != ResultState::kKept) return OkStatus();
  SCEAU_RETURN_IF_ERROR(record_end_(entry.end));
  entry.state = ResultState::kReleased;
  return database_
      ->Run("UPDATE result SET state = ?2 WHERE name = ?1", {entry.name, NumberOf(entry.state)})
      .status();
}

StatusOr<AnswerPtr> Results::AnswerOf(Entry& entry) {
  SCEAU_RETURN_IF_ERROR(End(entry));
  if (entry.state == ResultState::kReleased && clock_.Now() >= entry.stored + limits_.expiry) {
    SCEAU_RETURN_IF_ERROR(Drop(entry.name, entry.request));
    entry.state = ResultState::kOver;
  }
  if (entry.state == ResultState::kOver) return Error(Reason::kResultExpired, entry.request);
  auto answer = std::make_shared<Answer>();
  SCEAU_ASSIGN_OR_RETURN(answer->document, folder_.Read(entry.request, entry.size));
  answer->sha256 = std::move(entry.sha256);
  answer->audit_id = entry.request;
  if (!answer->edits.ParseFromString(entry.edits) ||
      !answer->elements.ParseFromString(entry.elements)) {
    return Error(Reason::kStoreUnusable, entry.request);
  }
  return AnswerPtr(std::move(answer));
}

StatusOr<AnswerPtr> Results::Find(const RequestName& request) {
  const std::string name = NameOf(request);
  {
    const std::lock_guard lock(mutex_);
    const auto running = running_.find(name);
    if (running != running_.end()) {
      return Error(running->second == request.fingerprint ? Reason::kIdempotencyInProgress
                                                          : Reason::kIdempotencyConflict);
    }
  }
  return Give(request);
}

StatusOr<AnswerPtr> Results::Give(const RequestName& request) {
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Entry> entry, Read("name = ?1", {NameOf(request)}));
  if (entry == nullptr) return AnswerPtr();
  // The key itself is not repeated: it is the client's to keep.
  if (entry->fingerprint != request.fingerprint) return Error(Reason::kIdempotencyConflict);
  return AnswerOf(*entry);
}

StatusOr<AnswerPtr> Results::Claim(const RequestName& request) {
  const std::string name = NameOf(request);
  {
    const std::lock_guard lock(mutex_);
    const auto [running, taken] = running_.emplace(name, request.fingerprint);
    if (!taken) {
      return Error(running->second == request.fingerprint ? Reason::kIdempotencyInProgress
                                                          : Reason::kIdempotencyConflict);
    }
  }
  // Whoever had it before has released it, and its row is there.
  auto found = Give(request);
  if (!found.ok() || *found != nullptr) Release(request);
  return found;
}

void Results::Release(const RequestName& request) {
  const std::lock_guard lock(mutex_);
  running_.erase(NameOf(request));
}

Status Results::Insert(const RequestName& request, const std::string& id,
                       const signer::Outcome& outcome, const std::string& end) {
  return database_
      ->Run(
          "INSERT INTO result (name, caller, request, fingerprint, state, stored, size, sha256, "
          "end, edits, elements) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
          {NameOf(request), request.caller, id, Blob{request.fingerprint},
           NumberOf(ResultState::kKept), absl::ToUnixMillis(clock_.Now()), outcome.size,
           Blob{absl::HexStringToBytes(outcome.sha256)}, end,
           Blob{ListOf(outcome.edits).SerializeAsString()},
           Blob{ListOf(outcome.elements).SerializeAsString()}})
      .status();
}

Status Results::Keep(const RequestName& request, const std::string& id,
                     const signer::Outcome& outcome, OutputFile& document, const std::string& end) {
  if (document.size() != outcome.size) return Error(Reason::kInternal, "size of the output");
  SCEAU_RETURN_IF_ERROR(folder_.Keep(id, document));
  const Status inserted = Insert(request, id, outcome, end);
  if (!inserted.ok()) {
    folder_.Remove(id);
    return inserted;
  }
  DropTooMany();
  return OkStatus();
}

StatusOr<AnswerPtr> Results::ResultOf(const std::string& caller,
                                      const std::string& idempotency_key) {
  const std::string name = NameOf({caller, idempotency_key, ""});
  {
    const std::lock_guard lock(mutex_);
    if (running_.contains(name)) return Error(Reason::kIdempotencyInProgress);
  }
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Entry> entry, Read("name = ?1", {name}));
  if (entry == nullptr) return Error(Reason::kResultUnknown);
  return AnswerOf(*entry);
}

StatusOr<AnswerPtr> Results::ResultOfRequest(const std::string& caller, const std::string& id) {
  SCEAU_ASSIGN_OR_RETURN(const std::unique_ptr<Entry> entry,
                         Read("request = ?1 AND caller = ?2", {id, caller}));
  if (entry == nullptr) return Error(Reason::kResultUnknown);
  return AnswerOf(*entry);
}

// The row before the file: a file without a row is swept.
Status Results::Drop(const std::string& name, const std::string& request) {
  SCEAU_RETURN_IF_ERROR(database_
                            ->Run("UPDATE result SET state = ?2, end = '', edits = NULL, "
                                  "elements = NULL WHERE name = ?1",
                                  {name, NumberOf(ResultState::kOver)})
                            .status());
  folder_.Remove(request);
  return OkStatus();
}

void Results::DropExpired() {
  const int64_t limit = absl::ToUnixMillis(clock_.Now() - limits_.expiry);
  const auto rows = database_->Run(
      "SELECT name, request FROM result WHERE state = ?1 AND stored <= ?2 LIMIT 1000",
      {NumberOf(ResultState::kReleased), limit});
  if (!rows.ok()) return;  // told by whoever asks for a result
  for (const Row& row : *rows) {
    if (!Drop(row.Text(0), row.Text(1)).ok()) return;
  }
}

// The newest stays even when it alone is over the limit: its client is about to read it. So does
// what is only kept.
void Results::DropTooMany() {
  const auto released = NumberOf(ResultState::kReleased);
  const auto sums = database_->Run("SELECT count(*), sum(size) FROM result WHERE state < ?1",
                                   {NumberOf(ResultState::kOver)});
  if (!sums.ok()) return;
  int64_t entries = sums->front().Number(0);
  int64_t bytes = sums->front().Number(1);
  while (entries > limits_.entries || bytes > limits_.bytes) {
    const auto oldest = database_->Run(
        "SELECT name, request, size FROM result WHERE state = ?1 ORDER BY stored LIMIT 1",
        {released});
    if (!oldest.ok() || oldest->empty()) return;
    const Row& row = oldest->front();
    if (!Drop(row.Text(0), row.Text(1)).ok()) return;
    --entries;
    bytes -= row.Number(2);
  }
}

}  // namespace sceau::server
