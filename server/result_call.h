// SigningService.GetResult (proto/sceau/v1/signing.proto), for the role signer.
#pragma once

#include "sceau/v1/signing.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerWriteReactor<v1::GetResultResponse>* StartGetResult(
    grpc::CallbackServerContext* context, const v1::GetResultRequest& request,
    const Workshop& workshop);

}  // namespace sceau::server
