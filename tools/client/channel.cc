#include "tools/client/channel.h"

#include <grpcpp/grpcpp.h>

#include "absl/time/clock.h"
#include "proto/tls13.h"

namespace sceau::client {
namespace {

std::shared_ptr<grpc::ChannelCredentials> CredentialsOf(const Options& options) {
  if (options.authority.empty()) return grpc::InsecureChannelCredentials();
  wire::KeepToTls13();
  return grpc::SslCredentials({.pem_root_certs = options.authority,
                               .pem_private_key = options.key,
                               .pem_cert_chain = options.certificate});
}

}  // namespace

std::shared_ptr<grpc::Channel> NewChannel(const Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(options.address, CredentialsOf(options), arguments);
}

void SetDeadline(const Options& options, grpc::ClientContext& context) {
  if (options.timeout == absl::InfiniteDuration()) return;
  context.set_deadline(absl::ToChronoTime(absl::Now() + options.timeout));
}

}  // namespace sceau::client
