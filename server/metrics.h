// What the daemon counts, for Prometheus (its text format, over HTTP on this machine only). No name
// of a caller, a document or a signer is ever a label.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "base/clock.h"
#include "base/status.h"
#include "server/figures.h"

namespace sceau::server {

// Every function may be called from many threads.
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // A call of a method ("Sign") was admitted.
  void Began(std::string_view method);
  // It ended. `outcome`: "OK" or the name of a reason; bytes: of documents.
  void Ended(std::string_view method, std::string_view outcome, absl::Duration took,
             int64_t bytes_received, int64_t bytes_sent);
  // A call was turned away at once.
  void Refused(std::string_view method, std::string_view outcome);
  // The configuration was read again.
  void Reloaded(std::string_view outcome);

  // Serves what was counted, and what `look` says at that moment, as http://ADDRESS/metrics until
  // StopListening; gives the port in use. `clock` outlives that. Once.
  // Error kConfigInvalid when the address cannot be listened on.
  StatusOr<int> Listen(const std::string& address, const Clock& clock,
                       std::function<Figures()> look);
  void StopListening();

 private:
  struct Counted;
  struct Endpoint;

  const std::unique_ptr<Counted> counted_;
  std::unique_ptr<Endpoint> endpoint_;
};

}  // namespace sceau::server
