#include "server/delegation_desk.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/strings.h"
#include "policy/record_json.h"
#include "policy/register_file.h"
#include "server/delegation_rights.h"

namespace sceau::server {
namespace {

using delegations::Entry;
using delegations::EntryOf;
using policy::Record;
using policy::Register;
using policy::When;

// Without what is said of acts that the caller may not see.
void Hide(const Caller& caller, const Register& facts, policy::Decision& decision) {
  auto& findings = decision.findings;
  const auto hidden = [&](const policy::Finding& it) {
    const Record* record = it.act.empty() ? nullptr : facts.Find(it.act);
    return record != nullptr && !MaySee(caller, facts, *record);
  };
  findings.erase(std::remove_if(findings.begin(), findings.end(), hidden), findings.end());
}

// Texts of a message as files.
class ActFile {
 public:
  Status Open(const GivenAct& given) {
    name_ = given.name.empty() ? "act" : given.name;
    SCEAU_RETURN_IF_ERROR(Keep(given.act, act_));
    return Keep(given.signature, signature_);
  }
  delegations::ActFiles files() const {
    return {act_ ? &*act_ : nullptr, signature_ ? &*signature_ : nullptr, name_};
  }

 private:
  static Status Keep(const std::string& text, std::optional<InputFile>& file) {
    file.reset();
    if (text.empty()) return OkStatus();
    OutputFile out = OutputFile::Unnamed();
    SCEAU_RETURN_IF_ERROR(out.Append(text));
    SCEAU_ASSIGN_OR_RETURN(file, out.Reread());
    return OkStatus();
  }
  std::string name_;
  std::optional<InputFile> act_, signature_;
};

StatusOr<std::shared_ptr<const Register>> With(const Register& before,
                                               const std::vector<Record>& records) {
  std::vector<Record> all = before.records();
  all.insert(all.end(), records.begin(), records.end());
  return Register::Make(std::move(all));
}

}  // namespace

// A register that is not there yet is empty: the first record makes it.
StatusOr<DelegationDesk::Snapshot> DelegationDesk::Read() const {
  const std::string path = path_();
  if (path.empty()) return Error(Reason::kCompetenceUnavailable, "competence.register");
  std::error_code error;
  const bool there = std::filesystem::exists(path, error);
  return there || error ? policy::ReadRegisterFile(path) : Register::Make({});
}

Status DelegationDesk::Append(const Asking& asking, std::string_view call, const Register& before,
                              const std::vector<Record>& records) {
  SCEAU_ASSIGN_OR_RETURN(const Snapshot after, With(before, records));
  std::string lines;
  for (const Record& record : records) {
    SCEAU_RETURN_IF_ERROR(MayChange(asking.caller, before, *after, record));
    AppendTo(lines, policy::WriteRecordLine(record), "\n");
  }
  const RegisterChange change{.request = asking.request,
                              .caller = asking.caller.name,
                              .call = std::string(call),
                              .lines = lines};
  SCEAU_RETURN_IF_ERROR(journal_.Changing(change));
  const Status appended = policy::AppendToRegisterFile(path_(), records).status();
  if (!appended.ok()) (void)journal_.NotChanged(change, appended);
  return appended;
}

StatusOr<DelegationDesk::AddedEntry> DelegationDesk::Add(const Asking& asking,
                                                         const std::string& json,
                                                         const GivenAct& act, bool strict) {
  const std::lock_guard lock(mutex_);
  SCEAU_RETURN_IF_ERROR(RequireAny(asking.caller, {Role::kDelegationManager}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot before, Read());
  Json record = Json::parse(json, nullptr, false);
  if (!record.is_object()) return Error(Reason::kDelegationInvalid, "JSON");
  ActFile file;
  SCEAU_RETURN_IF_ERROR(file.Open(act));
  SCEAU_ASSIGN_OR_RETURN(const delegations::Added added,
                         delegations::MakeRecord(std::move(record), file.files(), strict, *before,
                                                 judgement_(), clock_.Now()));
  SCEAU_RETURN_IF_ERROR(Append(asking, "AddRecord", *before, {added.record}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot after, With(*before, {added.record}));
  const absl::Time now = clock_.Now();
  return AddedEntry{EntryOf(*after, *after->Find(added.record.id), {now, now}),
                    std::string(delegations::NameOf(added.act.state))};
}

StatusOr<Entry> DelegationDesk::Revoke(const Asking& asking, const std::string& id,
                                       const std::string& reference,
                                       std::optional<absl::Time> from) {
  const std::lock_guard lock(mutex_);
  SCEAU_RETURN_IF_ERROR(RequireAny(asking.caller, {Role::kDelegationManager}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot before, Read());
  const absl::Time now = clock_.Now();
  SCEAU_ASSIGN_OR_RETURN(const Record record, delegations::MakeRevocation(
                                                  id, reference, from.value_or(now), *before, now));
  SCEAU_RETURN_IF_ERROR(Append(asking, "RevokeRecord", *before, {record}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot after, With(*before, {record}));
  return EntryOf(*after, record, {now, now});
}

StatusOr<delegations::Import> DelegationDesk::Import(const Asking& asking, const std::string& lines,
                                                     const std::vector<GivenAct>& acts,
                                                     bool strict) {
  const std::lock_guard lock(mutex_);
  SCEAU_RETURN_IF_ERROR(RequireAny(asking.caller, {Role::kDelegationManager}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot before, Read());
  std::map<std::string, const GivenAct*> by_digest;
  for (const GivenAct& it : acts) {
    by_digest.emplace(ToHex(DigestOf(DigestAlgorithm::kSha256, it.act)), &it);
  }
  ActFile open;  // the last one
  const auto act_of = [&](const std::string& sha256) -> StatusOr<delegations::ActFiles> {
    const auto found = by_digest.find(sha256);
    if (found == by_digest.end()) return delegations::ActFiles();
    SCEAU_RETURN_IF_ERROR(open.Open(*found->second));
    return open.files();
  };
  SCEAU_ASSIGN_OR_RETURN(delegations::Import made,
                         delegations::MakeImport(lines, policy::Known::kFromNow, strict, act_of,
                                                 *before, judgement_(), clock_.Now()));
  SCEAU_RETURN_IF_ERROR(Append(asking, "ImportRecords", *before, made.records));
  return made;
}

StatusOr<Entry> DelegationDesk::Show(const Caller& caller, const std::string& id,
                                     const When& when) const {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {Role::kDelegationManager, Role::kAuditor}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot facts, Read());
  const Record* record = facts->Find(id);
  // Of what he may not see nobody learns that it is there.
  if (record == nullptr || !MaySee(caller, *facts, *record)) {
    return Error(Reason::kDelegationUnknown, id);
  }
  return EntryOf(*facts, *record, when);
}

Status DelegationDesk::List(const Caller& caller, const std::string& type, const When& when,
                            const std::function<void(Entry)>& each) const {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {Role::kDelegationManager, Role::kAuditor}));
  if (!type.empty() && policy::FieldsOf(type).empty()) return Error(Reason::kUsage, "type");
  SCEAU_ASSIGN_OR_RETURN(const Snapshot facts, Read());
  for (const Record& record : facts->records()) {
    if (record.recorded_at > when.known_at) continue;
    if (!type.empty() && policy::TypeOf(record) != type) continue;
    if (MaySee(caller, *facts, record)) each(EntryOf(*facts, record, when));
  }
  return OkStatus();
}

StatusOr<delegations::Explanation> DelegationDesk::Explain(
    const Caller& caller, const InputFile& document, const delegations::Question& question) const {
  SCEAU_RETURN_IF_ERROR(RequireAny(caller, {Role::kDelegationManager, Role::kAuditor}));
  SCEAU_ASSIGN_OR_RETURN(const Snapshot facts, Read());
  const verifier::VerifyOptions judgement = judgement_();
  SCEAU_ASSIGN_OR_RETURN(
      delegations::Explanation explanation,
      delegations::Explain(document, question, {*facts, judgement, sent_.get()}, clock_.Now()));
  SCEAU_RETURN_IF_ERROR(MayAskAbout(caller, *facts, explanation.siret));
  for (delegations::Explained& it : explanation.elements) {
    Hide(caller, *facts, it.known_now);
    Hide(caller, *facts, it.known_then);
  }
  return explanation;
}

}  // namespace sceau::server
