// The same work asked of the service (--server), in the domain's own types.
//
// With desk.h the only file that knows the gRPC client.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "base/file.h"
#include "base/status.h"
#include "schemas/inspection.h"
#include "signer/signer.h"
#include "verifier/report.h"
#include "verifier/verifier.h"
#include "xml/splice.h"

namespace sceau::client {
class Client;
struct Options;
}

namespace sceau::cli {

// Where the service is and who asks. Files are PEM; empty ones are left out.
struct Connection {
  std::string server;  // "host:port", or "unix:/path"
  std::string ca, certificate, key;
};

// Errors: kUsage when a file for TLS is missing, kInputUnreadable.
StatusOr<client::Options> ClientOptionsOf(const Connection& connection);

// What `sign` says when it is done, here or at the service.
struct SignResult {
  std::string sha256;  // of the output, lower-case hexadecimal
  int64_t size = 0;    // bytes
  std::vector<signer::SignedElement> elements;
  std::vector<xml::Edit> edits;
  std::string audit_id;  // empty: signed here
};

struct RemoteSignRequest {
  signer::Selection selection;
  // A detached signature instead: of the input, by this name; or, with `content`, of that file,
  // which the input (a message of @CTES) names.
  std::string detached_name;
  const InputFile* content = nullptr;
  std::string profile;
  std::string role, city, postal_code, country;
  bool set_dematerialisee = false;
  std::string idempotency_key;
  // Called for each signature the service reports; may be empty.
  std::function<void(size_t done, size_t total)> progress;
};

// The signed document is written into `output`, which the caller publishes; it is complete and has
// the announced digest when this succeeds.
// Errors: the service's own reasons; kServiceUnavailable, kAnswerIncomplete.
StatusOr<SignResult> RemoteSign(const Connection& connection, const InputFile& input,
                                const RemoteSignRequest& request, OutputFile& output);

struct DeskRequest;  // tools/sceau/desk.h
// The same with a key here.
StatusOr<SignResult> RemoteSignAtDesk(const Connection& connection, const InputFile& input,
                                      const DeskRequest& request, OutputFile& output);

// One connection for many files.
class RemoteVerifier {
 public:
  // Errors: kUsage when a file for TLS is missing, kInputUnreadable.
  static StatusOr<RemoteVerifier> Connect(const Connection& connection);
  ~RemoteVerifier();
  RemoteVerifier(RemoteVerifier&&) noexcept;

  // `name` is what the report calls the file; without a time the service's own clock decides.
  StatusOr<verifier::FileReport> Verify(const InputFile& input, const std::string& name,
                                        std::optional<absl::Time> validation_time,
                                        const std::vector<verifier::GivenContent>& contents) const;

 private:
  explicit RemoteVerifier(std::unique_ptr<client::Client> service);
  std::unique_ptr<client::Client> service_;
};

StatusOr<schemas::Inspection> RemoteInspect(const Connection& connection, const InputFile& input);

}  // namespace sceau::cli
