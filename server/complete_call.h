// SigningService.Complete (proto/sceau/v1/signing.proto), for the role signer.
#pragma once

#include "sceau/v1/signing.grpc.pb.h"
#include "server/workshop.h"

namespace sceau::server {

grpc::ServerReadReactor<v1::CompleteRequest>* StartComplete(grpc::CallbackServerContext* context,
                                                            v1::CompleteResponse* response,
                                                            const Workshop& workshop);

}  // namespace sceau::server
