#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <exception>
#include <utility>

#include "base/strings.h"
#include "server/figure_families.h"

namespace sceau::server {
namespace {

// Seconds: from a small document to a PES of many bordereaux.
const prometheus::Histogram::BucketBoundaries kSeconds = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5,
                                                          1,     2.5,  5,     10,   30,  60,   300};

class Looked final : public prometheus::Collectable {
 public:
  Looked(const Clock& clock, std::function<Figures()> look)
      : clock_(clock), look_(std::move(look)) {}
  std::vector<prometheus::MetricFamily> Collect() const override {
    return FamiliesOf(look_(), clock_.Now());
  }

 private:
  const Clock& clock_;
  const std::function<Figures()> look_;
};

}  // namespace

struct Metrics::Counted {
  std::shared_ptr<prometheus::Registry> registry = std::make_shared<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& calls =
      prometheus::BuildCounter()
          .Name("sceau_requests_total")
          .Help("Calls that have ended, by method and outcome (a reason's name).")
          .Register(*registry);
  prometheus::Family<prometheus::Gauge>& in_flight = prometheus::BuildGauge()
                                                         .Name("sceau_requests_in_flight")
                                                         .Help("Calls in progress.")
                                                         .Register(*registry);
  prometheus::Family<prometheus::Histogram>& seconds =
      prometheus::BuildHistogram()
          .Name("sceau_request_seconds")
          .Help("From the beginning of a call to its end, upload and answer included.")
          .Register(*registry);
  prometheus::Family<prometheus::Counter>& received = prometheus::BuildCounter()
                                                          .Name("sceau_received_bytes_total")
                                                          .Help("Bytes of documents that came.")
                                                          .Register(*registry);
  prometheus::Family<prometheus::Counter>& sent = prometheus::BuildCounter()
                                                      .Name("sceau_sent_bytes_total")
                                                      .Help("Bytes of documents that left.")
                                                      .Register(*registry);
  prometheus::Family<prometheus::Counter>& reloads =
      prometheus::BuildCounter()
          .Name("sceau_config_reloads_total")
          .Help("How often the configuration was read again, by outcome.")
          .Register(*registry);
};

struct Metrics::Endpoint {
  std::shared_ptr<Looked> looked;
  std::unique_ptr<prometheus::Exposer> exposer;  // ends before what it shows
};

Metrics::Metrics() : counted_(std::make_unique<Counted>()) {}
Metrics::~Metrics() = default;

void Metrics::Began(std::string_view method) {
  counted_->in_flight.Add({{"method", std::string(method)}}).Increment();
}

void Metrics::Ended(std::string_view method, std::string_view outcome, absl::Duration took,
                    int64_t bytes_received, int64_t bytes_sent) {
  const prometheus::Labels of = {{"method", std::string(method)}};
  counted_->in_flight.Add(of).Decrement();
  counted_->seconds.Add(of, kSeconds).Observe(absl::ToDoubleSeconds(took));
  counted_->received.Add(of).Increment(static_cast<double>(bytes_received));
  counted_->sent.Add(of).Increment(static_cast<double>(bytes_sent));
  Refused(method, outcome);
}

void Metrics::Refused(std::string_view method, std::string_view outcome) {
  counted_->calls.Add({{"method", std::string(method)}, {"outcome", std::string(outcome)}})
      .Increment();
}

void Metrics::Reloaded(std::string_view outcome) {
  counted_->reloads.Add({{"outcome", std::string(outcome)}}).Increment();
}

StatusOr<int> Metrics::Listen(const std::string& address, const Clock& clock,
                              std::function<Figures()> look) {
  // prometheus-cpp tells errors by exception.
  try {
    auto endpoint = std::make_unique<Endpoint>();
    endpoint->looked = std::make_shared<Looked>(clock, std::move(look));
    endpoint->exposer = std::make_unique<prometheus::Exposer>(address, /*num_threads=*/2);
    endpoint->exposer->RegisterCollectable(counted_->registry);
    endpoint->exposer->RegisterCollectable(endpoint->looked);
    endpoint_ = std::move(endpoint);
    return endpoint_->exposer->GetListeningPorts().at(0);
  } catch (const std::exception& error) {
    return Error(Reason::kConfigInvalid, Concat("cannot listen on ", address, ": ", error.what()),
                 {.element = "metrics.listen"});
  }
}

void Metrics::StopListening() { endpoint_.reset(); }

}  // namespace sceau::server
