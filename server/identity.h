// Who is at the other end of a connection, by what the connection itself proves: the certificate of
// its TLS, or the user the kernel names. Never by anything a call says of itself (P-62).
#pragma once

#include <grpcpp/security/auth_context.h>
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace sceau::server {

// One way in. Each has a gRPC server of its own, so that a call cannot come by another than it did.
struct Door {
  enum class Kind {
    kTls,    // mutual TLS
    kLocal,  // loopback without TLS: nobody proves anything
    kUser,   // the Unix socket, one user of this machine
  } kind = Kind::kTls;
  uid_t user = 0;  // kUser
};

struct Identity {
  enum class Kind { kNone, kCertificate, kLocal, kUser } kind = Kind::kNone;
  uid_t user = 0;                  // kUser
  std::vector<std::string> chain;  // kCertificate: DER, the caller's own first
};

// kNone when the connection proves nobody.
Identity IdentityOf(const grpc::AuthContext& context, const Door& door);

// What a certificate (DER) is named by in the configuration: the SHA-256 of it (lower-case
// hexadecimal), and its alternative names, "DNS:...", "URI:...", "email:..." (RFC 5280 §4.2.1.6).
struct CertificateNames {
  std::string sha256;
  std::vector<std::string> alternative;
};
CertificateNames NamesOf(const std::string& der);

}  // namespace sceau::server
