// VerificationService.Verify (proto/sceau/v1/verification.proto), for the role verifier.
#pragma once

#include "sceau/v1/verification.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerBidiReactor<v1::VerifyRequest, v1::VerifyResponse>* StartVerify(
    grpc::CallbackServerContext* context, const Workshop& workshop);

}  // namespace sceau::server
