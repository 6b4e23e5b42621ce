// AccessService (proto/sceau/v1/access.proto): unary calls, the work of each on the `work` pool.
#pragma once

#include <functional>

#include "sceau/v1/access.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

class AccessCalls final : public v1::AccessService::CallbackService {
 public:
  using NewWorkshop = std::function<Workshop(const grpc::AuthContext&)>;
  // `workshop` outlives it.
  explicit AccessCalls(const NewWorkshop& workshop) : workshop_(workshop) {}

  grpc::ServerUnaryReactor* ListAccess(grpc::CallbackServerContext* context,
                                       const v1::ListAccessRequest* request,
                                       v1::ListAccessResponse* response) override;
  grpc::ServerUnaryReactor* SetAccess(grpc::CallbackServerContext* context,
                                      const v1::SetAccessRequest* request,
                                      v1::SetAccessResponse* response) override;
  grpc::ServerUnaryReactor* HandOver(grpc::CallbackServerContext* context,
                                     const v1::HandOverRequest* request,
                                     v1::HandOverResponse* response) override;

 private:
  const NewWorkshop& workshop_;
};

}  // namespace sceau::server
