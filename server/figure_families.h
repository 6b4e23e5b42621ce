// Figures in the form that the Prometheus library writes.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

#include "absl/time/time.h"
#include "server/figures.h"

namespace sceau::server {

std::vector<prometheus::MetricFamily> FamiliesOf(const Figures& figures, absl::Time now);

}  // namespace sceau::server
