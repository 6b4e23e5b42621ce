#include "tools/client/delegation.h"

#include "base/bytes.h"
#include "policy/record_json.h"
#include "sceau/v1/delegation.grpc.pb.h"
#include "tools/client/channel.h"
#include "tools/client/convert.h"
#include "tools/client/exchange.h"

namespace sceau::client {
namespace {

using delegations::Entry;
using Stub = v1::DelegationService::Stub;

template <typename Request>
void SetWhen(const AskedWhen& when, Request& request) {
  if (when.at) *request.mutable_at() = ToTimestamp(*when.at);
  if (when.known_at) *request.mutable_known_at() = ToTimestamp(*when.known_at);
}

// The value of the table that has this name; one that a later service has: kAnswerIncomplete.
template <typename Value, size_t kCount>
StatusOr<Value> Named(const Value (&values)[kCount], const std::string& name) {
  for (const Value value : values) {
    if (NameOf(value) == name) return value;
  }
  return Error(Reason::kAnswerIncomplete, name);
}

StatusOr<Entry> FromWire(const v1::RegisterEntry& wire) {
  using policy::Standing;
  constexpr Standing kStandings[] = {Standing::kHolds, Standing::kUnknown, Standing::kNotYet,
                                     Standing::kEnded, Standing::kRevoked};
  Entry entry;
  SCEAU_ASSIGN_OR_RETURN(entry.record, policy::ReadRecordLine(wire.record()));
  SCEAU_ASSIGN_OR_RETURN(entry.standing, Named(kStandings, wire.standing()));
  entry.revoked_by = {wire.revoked_by().begin(), wire.revoked_by().end()};
  return entry;
}

StatusOr<policy::Decision> FromWire(const v1::CompetenceDecision& wire) {
  using policy::Answer;
  constexpr Answer kAnswers[] = {Answer::kDenied, Answer::kJustificationRequired,
                                 Answer::kPermitted};
  policy::Decision decision;
  SCEAU_ASSIGN_OR_RETURN(decision.answer, Named(kAnswers, wire.answer()));
  decision.person = wire.person();
  decision.role = wire.role();
  for (const v1::CompetenceFinding& it : wire.reasons()) {
    const auto code = policy::CodeNamed(it.code());
    if (!code) return Error(Reason::kAnswerIncomplete, it.code());
    decision.findings.push_back({*code, it.element(), it.act(), it.detail()});
  }
  return decision;
}

class ExplanationReceiver {
 public:
  Status Take(const v1::ExplainResponse& response) {
    if (ended_) return Incomplete("message after the end");
    if (response.has_element()) {
      delegations::Explained it;
      it.of = response.element().bordereau();
      SCEAU_ASSIGN_OR_RETURN(it.known_now, FromWire(response.element().known_now()));
      SCEAU_ASSIGN_OR_RETURN(it.known_then, FromWire(response.element().known_then()));
      explanation_.elements.push_back(std::move(it));
    }
    if (!response.has_end()) return OkStatus();
    const v1::ExplanationEnd& end = response.end();
    ended_ = true;
    if (end.elements() != static_cast<int64_t>(explanation_.elements.size())) {
      return Incomplete("elements");
    }
    explanation_.subject = end.signer();
    explanation_.sha256 = ToHex(end.sha256());
    explanation_.at = client::FromWire(end.at());
    return OkStatus();
  }

  StatusOr<delegations::Explanation> Finish() {
    if (!ended_) return Incomplete("explanation");
    return std::move(explanation_);
  }

 private:
  delegations::Explanation explanation_;
  bool ended_ = false;
};

}  // namespace

StatusOr<AddedEntry> AddRecord(const Options& options, const std::string& record,
                               const SignedAct& act, bool strict) {
  v1::AddRecordRequest request;
  request.set_record(record);
  request.set_act(act.act);
  request.set_act_signature(act.signature);
  request.set_act_name(act.name);
  request.set_strict(strict);
  v1::AddRecordResponse response;
  SCEAU_RETURN_IF_ERROR(
      AskOnce<v1::DelegationService>(options, &Stub::AddRecord, request, response));
  SCEAU_ASSIGN_OR_RETURN(Entry entry, FromWire(response.entry()));
  return AddedEntry{std::move(entry), response.act_state()};
}

StatusOr<Entry> RevokeRecord(const Options& options, const std::string& id,
                             const std::string& reference, std::optional<absl::Time> from) {
  v1::RevokeRecordRequest request;
  request.set_id(id);
  request.set_reference(reference);
  if (from) *request.mutable_from() = ToTimestamp(*from);
  v1::RevokeRecordResponse response;
  SCEAU_RETURN_IF_ERROR(
      AskOnce<v1::DelegationService>(options, &Stub::RevokeRecord, request, response));
  return FromWire(response.entry());
}

StatusOr<Entry> ShowRecord(const Options& options, const std::string& id, const AskedWhen& when) {
  v1::ShowRecordRequest request;
  request.set_id(id);
  SetWhen(when, request);
  v1::ShowRecordResponse response;
  SCEAU_RETURN_IF_ERROR(
      AskOnce<v1::DelegationService>(options, &Stub::ShowRecord, request, response));
  return FromWire(response.entry());
}

Status ListRecords(const Options& options, const std::string& type, const AskedWhen& when,
                   const std::function<void(Entry)>& each) {
  v1::ListRecordsRequest request;
  request.set_type(type);
  SetWhen(when, request);
  const auto stub = v1::DelegationService::NewStub(NewChannel(options));
  grpc::ClientContext context;
  SetDeadline(options, context);
  const auto stream = stub->ListRecords(&context, request);
  Status local;
  for (v1::ListRecordsResponse message; local.ok() && stream->Read(&message);) {
    for (const v1::RegisterEntry& wire : message.entries()) {
      auto entry = FromWire(wire);
      local = entry.status();
      if (!local.ok()) break;
      each(*std::move(entry));
    }
  }
  if (!local.ok()) context.TryCancel();
  const grpc::Status ended = stream->Finish();
  return local.ok() ? FromGrpc(ended) : local;
}

StatusOr<Imported> ImportRecords(const Options& options, const std::string& lines,
                                 const std::vector<SignedAct>& acts, bool strict) {
  v1::ImportRecordsRequest request;
  request.set_lines(lines);
  request.set_strict(strict);
  for (const SignedAct& it : acts) {
    v1::SignedAct& act = *request.add_acts();
    act.set_name(it.name);
    act.set_act(it.act);
    act.set_signature(it.signature);
  }
  v1::ImportRecordsResponse response;
  SCEAU_RETURN_IF_ERROR(
      AskOnce<v1::DelegationService>(options, &Stub::ImportRecords, request, response));
  return Imported{static_cast<size_t>(response.imported()),
                  static_cast<size_t>(response.delegations()),
                  static_cast<size_t>(response.acts_verified())};
}

StatusOr<delegations::Explanation> Explain(const Options& options, const InputFile& document,
                                           const delegations::Question& question) {
  v1::ExplainRequest request;
  v1::ExplainHeader& header = *request.mutable_header();
  SCEAU_ASSIGN_OR_RETURN(*header.mutable_document(), HeaderOf(document));
  header.set_certificate(question.certificate);
  for (const std::string& name : question.bordereaux) header.add_bordereaux(name);
  header.set_whole(question.whole);
  if (question.at) *header.mutable_at() = ToTimestamp(*question.at);
  const auto stub = v1::DelegationService::NewStub(NewChannel(options));
  grpc::ClientContext context;
  SetDeadline(options, context);
  const auto stream = stub->Explain(&context);
  ExplanationReceiver receiver;
  return Exchange<delegations::Explanation, v1::ExplainResponse>(context, {&document}, request,
                                                                 *stream, receiver);
}

}  // namespace sceau::client
