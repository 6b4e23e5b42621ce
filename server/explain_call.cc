#include "server/explain_call.h"

#include <optional>
#include <utility>

#include "proto/text.h"
#include "server/convert.h"
#include "server/delegation_desk.h"
#include "server/document_call.h"

namespace sceau::server {
namespace {

using wire::Utf8;
using Base = DocumentCall<v1::ExplainRequest, v1::ExplainResponse>;

v1::CompetenceDecision ToWire(const policy::Decision& decision) {
  v1::CompetenceDecision wire;
  wire.set_answer(std::string(policy::NameOf(decision.answer)));
  wire.set_person(Utf8(decision.person));
  wire.set_role(Utf8(decision.role));
  for (const policy::Finding& it : decision.findings) {
    v1::CompetenceFinding& reason = *wire.add_reasons();
    reason.set_code(std::string(policy::NameOf(it.code)));
    reason.set_element(Utf8(it.element));
    reason.set_act(Utf8(it.act));
    reason.set_detail(Utf8(it.detail));
  }
  return wire;
}

class ExplainCall final : public Base {
 public:
  ExplainCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Explain") {}

 private:
  Status OnHeader(const v1::ExplainRequest& request) override {
    const v1::ExplainHeader& header = request.header();
    question_.certificate = header.certificate();
    question_.bordereaux = {header.bordereaux().begin(), header.bordereaux().end()};
    question_.whole = header.whole();
    if (header.has_at()) question_.at = ToTime(header.at());
    const v1::DocumentHeader& document = header.document();
    return upload().Begin(
        document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
        document.sha256());
  }

  Status OnDocument() override {
    const DelegationDesk* desk = workshop().engine->delegations;
    if (desk == nullptr) return Error(Reason::kCompetenceUnavailable, "competence.register");
    SCEAU_ASSIGN_OR_RETURN(explanation_,
                           desk->Explain(*workshop().caller, upload().file(), question_));
    return OkStatus();
  }

  StatusOr<bool> Next(v1::ExplainResponse& response) override {
    if (next_ < explanation_.elements.size()) {
      const delegations::Explained& it = explanation_.elements[next_++];
      v1::ExplainedElement& element = *response.mutable_element();
      element.set_bordereau(Utf8(it.of));
      *element.mutable_known_now() = ToWire(it.known_now);
      *element.mutable_known_then() = ToWire(it.known_then);
      return true;
    }
    if (std::exchange(ended_, true)) return false;
    v1::ExplanationEnd& end = *response.mutable_end();
    end.set_signer(Utf8(explanation_.subject));
    end.set_sha256(upload().sha256());
    *end.mutable_at() = ToTimestamp(explanation_.at);
    end.set_elements(static_cast<int64_t>(explanation_.elements.size()));
    end.set_request_id(request_id());
    return true;
  }

  delegations::Question question_;
  delegations::Explanation explanation_;
  size_t next_ = 0;
  bool ended_ = false;
};

}  // namespace

grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainResponse>* StartExplain(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<ExplainCall>(context, workshop),
                     {Role::kDelegationManager, Role::kAuditor});
}

}  // namespace sceau::server
