// SigningService.Sign.
#pragma once

#include "sceau/v1/signing.grpc.pb.h"
#include "server/document_call.h"

namespace sceau::server {

grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* StartSign(
    grpc::CallbackServerContext* context, const Workshop& workshop);

}  // namespace sceau::server
