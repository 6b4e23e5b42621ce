#include "tools/sceau/remote.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "proto/address.h"
#include "tools/client/client.h"
#include "tools/sceau/desk.h"

namespace sceau::cli {
namespace {

constexpr std::string_view kUnix = "unix:";

StatusOr<std::unique_ptr<client::Client>> Connect(const Connection& connection) {
  SCEAU_ASSIGN_OR_RETURN(const client::Options options, ClientOptionsOf(connection));
  return client::Client::Create(options);
}

SignResult ResultOf(client::SignAnswer answer) {
  return {std::move(answer.sha256), answer.size, std::move(answer.elements),
          std::move(answer.edits), std::move(answer.audit_id)};
}

}  // namespace

// A socket of this machine knows who calls without them.
StatusOr<client::Options> ClientOptionsOf(const Connection& connection) {
  client::Options options{.address = connection.server};
  const std::tuple<const char*, const std::string&, std::string&> files[] = {
      {"--tls-ca", connection.ca, options.authority},
      {"--tls-cert", connection.certificate, options.certificate},
      {"--tls-key", connection.key, options.key}};
  const bool socket = connection.server.starts_with(kUnix);
  const bool given = std::any_of(std::begin(files), std::end(files),
                                 [](const auto& file) { return !std::get<1>(file).empty(); });
  // Nothing leaves this machine in the clear.
  if (!socket && (given || !wire::IsLoopbackAddress(connection.server))) {
    for (const auto& [option, path, text] : files) {
      if (path.empty()) return Error(Reason::kUsage, option);
      SCEAU_ASSIGN_OR_RETURN(text, ReadSmallFile(path));
    }
  }
  return options;
}

StatusOr<SignResult> RemoteSign(const Connection& connection, const InputFile& input,
                                const RemoteSignRequest& request, OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const auto service, Connect(connection));
  client::SignOrder order{.idempotency_key = request.idempotency_key,
                          .profile = request.profile,
                          .selection = request.selection,
                          .role = request.role,
                          .city = request.city,
                          .postal_code = request.postal_code,
                          .country = request.country,
                          .set_dematerialisee = request.set_dematerialisee};
  if (request.content != nullptr) {
    order.content = {request.detached_name, request.content};
  } else {
    order.detached_name = request.detached_name;
  }
  const client::Progress progress = [&](const std::string&, size_t done, size_t total) {
    if (request.progress) request.progress(done, total);
  };
  SCEAU_ASSIGN_OR_RETURN(client::SignAnswer answer, service->Sign(input, order, progress, output));
  return ResultOf(std::move(answer));
}

StatusOr<SignResult> RemoteSignAtDesk(const Connection& connection, const InputFile& input,
                                      const DeskRequest& request, OutputFile& output) {
  SCEAU_ASSIGN_OR_RETURN(const auto service, Connect(connection));
  SCEAU_ASSIGN_OR_RETURN(client::SignAnswer answer, SignAtDesk(*service, input, request, output));
  return ResultOf(std::move(answer));
}

RemoteVerifier::RemoteVerifier(std::unique_ptr<client::Client> service)
    : service_(std::move(service)) {}
RemoteVerifier::~RemoteVerifier() = default;
RemoteVerifier::RemoteVerifier(RemoteVerifier&&) noexcept = default;

StatusOr<RemoteVerifier> RemoteVerifier::Connect(const Connection& connection) {
  SCEAU_ASSIGN_OR_RETURN(auto service, cli::Connect(connection));
  return RemoteVerifier(std::move(service));
}

StatusOr<verifier::FileReport> RemoteVerifier::Verify(
    const InputFile& input, const std::string& name, std::optional<absl::Time> validation_time,
    const std::vector<verifier::GivenContent>& contents) const {
  std::vector<client::Content> beside;
  for (const verifier::GivenContent& it : contents) beside.push_back({it.name, it.file.get()});
  return service_->Verify(input, name, validation_time, beside);
}

StatusOr<schemas::Inspection> RemoteInspect(const Connection& connection, const InputFile& input) {
  SCEAU_ASSIGN_OR_RETURN(const auto service, Connect(connection));
  return service->Inspect(input);
}

}  // namespace sceau::cli
