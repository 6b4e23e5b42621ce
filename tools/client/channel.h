// The way to the service.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>

#include "tools/client/client.h"

namespace sceau::client {

// Over TLS 1.3 when `options` has an authority. The appliance is reached directly, whatever
// http_proxy says.
std::shared_ptr<grpc::Channel> NewChannel(const Options& options);

// `options.timeout` from now on.
void SetDeadline(const Options& options, grpc::ClientContext& context);

}  // namespace sceau::client
