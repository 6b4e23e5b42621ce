// DelegationService (proto/sceau/v1/delegation.proto): unary calls and one list, the work of each
// on the `work` pool.
#pragma once

#include <functional>

#include "sceau/v1/delegation.grpc.pb.h"
#include "server/explain_call.h"
#include "server/workshop.h"

namespace sceau::server {

class DelegationCalls final : public v1::DelegationService::CallbackService {
 public:
  using NewWorkshop = std::function<Workshop(const grpc::AuthContext&)>;
  // `workshop` outlives it.
  explicit DelegationCalls(const NewWorkshop& workshop) : workshop_(workshop) {}

  grpc::ServerUnaryReactor* AddRecord(grpc::CallbackServerContext* context,
                                      const v1::AddRecordRequest* request,
                                      v1::AddRecordResponse* response) override;
  grpc::ServerUnaryReactor* RevokeRecord(grpc::CallbackServerContext* context,
                                         const v1::RevokeRecordRequest* request,
                                         v1::RevokeRecordResponse* response) override;
  grpc::ServerUnaryReactor* ShowRecord(grpc::CallbackServerContext* context,
                                       const v1::ShowRecordRequest* request,
                                       v1::ShowRecordResponse* response) override;
  grpc::ServerWriteReactor<v1::ListRecordsResponse>* ListRecords(
      grpc::CallbackServerContext* context, const v1::ListRecordsRequest* request) override;
  grpc::ServerUnaryReactor* ImportRecords(grpc::CallbackServerContext* context,
                                          const v1::ImportRecordsRequest* request,
                                          v1::ImportRecordsResponse* response) override;
  grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainResponse>* Explain(
      grpc::CallbackServerContext* context) override {
    return StartExplain(context, workshop_(*context->auth_context()));
  }

 private:
  const NewWorkshop& workshop_;
};

}  // namespace sceau::server
