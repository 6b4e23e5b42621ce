#include "server/prepare_call.h"

#include <utility>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/random.h"
#include "base/strings.h"
#include "server/convert.h"
#include "server/document_call.h"
#include "server/log.h"
#include "server/prepared_work.h"

namespace sceau::server {
namespace {

using Base = DocumentCall<v1::PrepareRequest, v1::PrepareResponse>;

class PrepareCall final : public Base {
 public:
  PrepareCall(grpc::CallbackServerContext* context, const Workshop& workshop)
      : Base(context, workshop, "Prepare") {}

 private:
  Status OnHeader(const v1::PrepareRequest& request) override {
    const v1::PrepareHeader& header = request.header();
    SCEAU_RETURN_IF_ERROR(Works(workshop()).status());
    SCEAU_ASSIGN_OR_RETURN(work_.order, ToSignOrder(header));
    SCEAU_ASSIGN_OR_RETURN(work_.order, workshop().engine->admit(work_.order));
    work_.id = RandomHex(16);
    work_.order.within = WithinOf(*workshop().caller);
    work_.caller = CallerOf(workshop());
    work_.idempotency_key = header.idempotency_key();
    work_.fingerprint = FingerprintOf(header);
    SCEAU_RETURN_IF_ERROR(NotCompletedYet());
    const v1::DocumentHeader& document = header.document();
    return upload().Begin(
        document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
        document.sha256());
  }

  // What was completed under this key is fetched, not prepared again.
  Status NotCompletedYet() const {
    SCEAU_ASSIGN_OR_RETURN(Results * results, ResultsOf(workshop()));
    SCEAU_ASSIGN_OR_RETURN(const AnswerPtr answer,
                           results->Find({work_.caller, work_.idempotency_key, work_.fingerprint}));
    return answer == nullptr ? OkStatus() : Error(Reason::kPreparationUsed);
  }

  Status OnDocument() override {
    const Status status = Prepare();
    Log(status.ok() ? LogLevel::kInfo : LogLevel::kWarning, "prepare",
        {{"audit", request_id()},
         {"profile", work_.order.profile},
         {"input", ToHex(upload().sha256())},
         {"certificate",
          ToHex(DigestOf(DigestAlgorithm::kSha256, work_.order.certificates.front()))},
         {"targets", Concat(work_.targets)},
         {"outcome", status.ok() ? "OK" : std::string(InfoOf(*ReasonOf(status)).name)}});
    return status;
  }

  Status Prepare() {
    work_.sha256 = upload().sha256();
    work_.signing_time = workshop().clock->Now();
    work_.expires = work_.signing_time + workshop().config->desk_expiry;
    const Engine& engine = *workshop().engine;
    const DeskEvent event{work_.order, request_id(), work_.caller, work_.sha256, work_.id};
    auto for_card = engine.prepare(upload().file(), work_.order, work_.signing_time);
    if (!for_card.ok()) {
      SCEAU_RETURN_IF_ERROR(engine.record_refused(event, for_card.status()));
      return for_card.status();
    }
    for_card_ = *std::move(for_card);
    // Nothing is handed out that the audit log does not know.
    SCEAU_RETURN_IF_ERROR(engine.record_prepared(event));
    work_.to_be_signed = for_card_.fingerprint;
    work_.targets = for_card_.targets;
    return workshop().prepared->Keep(work_, upload().file());
  }

  StatusOr<bool> Next(v1::PrepareResponse& response) override {
    if (!std::exchange(begun_, true)) {
      v1::Preparation& preparation = *response.mutable_preparation();
      preparation.set_preparation_id(work_.id);
      *preparation.mutable_expires() = ToTimestamp(work_.expires);
      *preparation.mutable_signing_time() = ToTimestamp(work_.signing_time);
      return true;
    }
    if (sent_ < for_card_.targets) {
      *response.mutable_target() = ToWire(for_card_.target(sent_));
      response.mutable_target()->set_index(static_cast<int32_t>(sent_++));
      return true;
    }
    if (std::exchange(ended_, true)) return false;
    response.mutable_end()->set_targets(static_cast<int64_t>(for_card_.targets));
    return true;
  }

  PreparedWork work_;
  WorkForCard for_card_;
  bool begun_ = false, ended_ = false;
  size_t sent_ = 0;
};

}  // namespace

grpc::ServerBidiReactor<v1::PrepareRequest, v1::PrepareResponse>* StartPrepare(
    grpc::CallbackServerContext* context, const Workshop& workshop) {
  return Base::Start(std::make_shared<PrepareCall>(context, workshop), {Role::kSigner});
}

}  // namespace sceau::server
