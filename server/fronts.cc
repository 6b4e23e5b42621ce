#include "server/fronts.h"

#include <utility>

#include "base/strings.h"
#include "server/log.h"

namespace sceau::server {
namespace {

// Users of the socket's group; beyond it a connection is closed.
constexpr size_t kMostUsers = 64;
constexpr size_t kMaxPem = 1 << 20;  // bytes

StatusOr<std::string> ReadPem(std::string_view key, const std::string& path) {
  auto text = ReadSmallFile(path, kMaxPem);
  if (text.ok()) return text;
  return Error(Reason::kConfigInvalid, Concat(key, ": ", path), {.element = std::string(key)});
}

StatusOr<std::shared_ptr<grpc::ServerCredentials>> CredentialsOf(const Config& config) {
  if (!config.certificates_asked) return grpc::InsecureServerCredentials();
  // Every connection: nobody gets as far as a call without a certificate of these authorities.
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  grpc::SslServerCredentialsOptions::PemKeyCertPair own;
  SCEAU_ASSIGN_OR_RETURN(own.private_key, ReadPem("identity.key", config.tls_key));
  SCEAU_ASSIGN_OR_RETURN(own.cert_chain, ReadPem("identity.certificate", config.tls_certificate));
  SCEAU_ASSIGN_OR_RETURN(options.pem_root_certs,
                         ReadPem("identity.callers_authority", config.callers_authority));
  options.pem_key_cert_pairs.push_back(std::move(own));
  return grpc::SslServerCredentials(options);
}

}  // namespace

Status Fronts::Open(const Config& config) {
  if (!config.listen.empty()) SCEAU_RETURN_IF_ERROR(OpenPort(config));
  if (config.socket.empty()) return OkStatus();
  SCEAU_ASSIGN_OR_RETURN(
      door_, UnixDoor::Open(config.socket, [this](FileDescriptor connection, uid_t user) {
        const auto front = FrontOf(user);
        if (front.ok()) return (*front)->Take(std::move(connection));
        Log(LogLevel::kWarning, "refused",
            {{"user", Concat(user)}, {"detail", DetailOf(front.status())}});
      }));
  return OkStatus();
}

Status Fronts::OpenPort(const Config& config) {
  SCEAU_ASSIGN_OR_RETURN(const auto credentials, CredentialsOf(config));
  const Door door{config.certificates_asked ? Door::Kind::kTls : Door::Kind::kLocal};
  SCEAU_ASSIGN_OR_RETURN(port_, NewFront(config.listen, credentials, door));
  return OkStatus();
}

StatusOr<std::unique_ptr<Front>> Fronts::NewFront(
    const std::string& address, const std::shared_ptr<grpc::ServerCredentials>& credentials,
    const Door& door) {
  return Front::Start(address, credentials, [this, door](const grpc::AuthContext& caller) {
    return workshop_(caller, door);
  });
}

StatusOr<Front*> Fronts::FrontOf(uid_t user) {
  const std::lock_guard lock(mutex_);
  const auto known = users_.find(user);
  if (known != users_.end()) return known->second.get();
  if (users_.size() == kMostUsers) return Error(Reason::kOverloaded, "users");
  SCEAU_ASSIGN_OR_RETURN(auto front, NewFront("", nullptr, {Door::Kind::kUser, user}));
  for (const auto& [service, serving] : health_) front->SetHealth(service, serving);
  return (users_[user] = std::move(front)).get();
}

int Fronts::port() const { return port_ == nullptr ? 0 : port_->port(); }

void Fronts::SetHealth(const std::string& service, bool serving) {
  const std::lock_guard lock(mutex_);
  health_[service] = serving;
  if (port_ != nullptr) port_->SetHealth(service, serving);
  for (const auto& [user, front] : users_) front->SetHealth(service, serving);
}

std::shared_ptr<grpc::Channel> Fronts::Channel() {
  if (port_ != nullptr) return port_->Channel();
  const auto own = FrontOf(::getuid());
  return own.ok() ? (*own)->Channel() : nullptr;
}

void Fronts::Shutdown(absl::Time deadline) {
  door_.reset();
  if (port_ != nullptr) port_->Shutdown(deadline);
  for (const auto& [user, front] : users_) front->Shutdown(deadline);
}

}  // namespace sceau::server
