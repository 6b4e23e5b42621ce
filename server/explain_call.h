// DelegationService.Explain (proto/sceau/v1/delegation.proto), for the roles delegation-manager and
// auditor: may this signer sign this document, and why?
#pragma once

#include "sceau/v1/delegation.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerBidiReactor<v1::ExplainRequest, v1::ExplainResponse>* StartExplain(
    grpc::CallbackServerContext* context, const Workshop& workshop);

}  // namespace sceau::server
