// SigningService.Inspect (proto/sceau/v1/signing.proto), for the role signer or verifier.
#pragma once

#include "sceau/v1/signing.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerBidiReactor<v1::InspectRequest, v1::InspectResponse>* StartInspect(
    grpc::CallbackServerContext* context, const Workshop& workshop);

}  // namespace sceau::server
