// SigningService.Sign (proto/sceau/v1/signing.proto), for the role signer.
#pragma once

#include "sceau/v1/signing.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerBidiReactor<v1::SignRequest, v1::SignResponse>* StartSign(
    grpc::CallbackServerContext* context, const Workshop& workshop);

}  // namespace sceau::server
