// The service as functions: documents from files, answers in the domain's own types, so that a
// command shows the same thing whether it works here or asks a server.
//
// Every call: the server's errors keep their reason, place and detail. kServiceUnavailable when
// the server cannot be reached, kDeadlineExceeded after `timeout`, kAnswerIncomplete when the
// answer breaks off or does not hold together.
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
#include "signer/to_be_signed.h"
#include "verifier/report.h"

namespace sceau::client {

// A file beside a document, which outlives the call.
struct Content {
  std::string name;
  const InputFile* file = nullptr;
};

struct SignOrder {
  std::string idempotency_key;  // 1 to 128 characters, one per intended signing
  std::string key;              // name or URI of a key of the server; empty: its only one
  std::string profile;          // empty: the server's default, as for the texts below
  signer::Selection selection;
  // A detached signature instead: of the document, by this name; or of `content`, which the
  // document (a message of @CTES) names.
  std::string detached_name;
  Content content;
  std::string role, city, postal_code, country;
  bool set_dematerialisee = false;
  // For Prepare, DER: the certificate of the card here, then what is known of its chain.
  std::vector<std::string> certificates;
};

// What the server asks a card to sign. None of it is believed: see sceau::cli::SignAtDesk.
struct Preparation {
  std::string id;
  absl::Time expires, signing_time;
  std::vector<signer::PreparedTarget> targets;  // by their index
};

// Which request's result is meant: one of the two.
struct ResultName {
  std::string request_id;
  std::string idempotency_key;
};

struct SignAnswer {
  std::string request_id;
  std::string audit_id;
  bool replayed = false;  // an earlier answer to the same idempotency key; nothing was signed
  std::string sha256;     // of the output, lower-case hexadecimal
  int64_t size = 0;       // bytes
  std::vector<xml::Edit> edits;
  std::vector<signer::SignedElement> elements;
};

using Progress = std::function<void(const std::string& of, size_t done, size_t total)>;

struct Options {
  std::string address;  // "host:port", "unix:/path"
  // PEM texts for TLS 1.3: who issued the server's certificate, and the caller's own certificate
  // and key. Without an authority: no TLS.
  std::string authority, certificate, key;
  absl::Duration timeout = absl::InfiniteDuration();  // of one call
};

class Client {
 public:
  static std::unique_ptr<Client> Create(const Options& options);
  virtual ~Client() = default;

  virtual StatusOr<schemas::Inspection> Inspect(const InputFile& document) = 0;

  // Writes the signed document into `output`, checked against the trailer's size and SHA-256; the
  // caller publishes it, and only when this succeeds. `progress` may be empty.
  virtual StatusOr<SignAnswer> Sign(const InputFile& document, const SignOrder& order,
                                    const Progress& progress, OutputFile& output) = 0;

  // Sends the document; the answer holds together (kAnswerIncomplete), no more is checked.
  virtual StatusOr<Preparation> Prepare(const InputFile& document, const SignOrder& order) = 0;
  // The values of all targets, in order. The request's id, for GetResult.
  virtual StatusOr<std::string> Complete(const std::string& preparation_id,
                                         const std::vector<std::string>& values) = 0;
  // The signer does not sign.
  virtual Status Decline(const std::string& preparation_id, const std::string& reason) = 0;
  // As Sign does with its answer.
  virtual StatusOr<SignAnswer> GetResult(const ResultName& name, OutputFile& output) = 0;

  // `name` is what the report calls the file; no `validation_time`: the server's now.
  virtual StatusOr<verifier::FileReport> Verify(const InputFile& document, const std::string& name,
                                                std::optional<absl::Time> validation_time,
                                                const std::vector<Content>& contents = {}) = 0;
};

}  // namespace sceau::client
