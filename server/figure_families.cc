#include "server/figure_families.h"

#include <string>
#include <utility>

namespace sceau::server {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

double Seconds(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()); }

class Families {
 public:
  // The samples added next are of this family.
  Families& Of(const char* name, const char* help, MetricType type = MetricType::Gauge) {
    families_.push_back({.name = name, .help = help, .type = type});
    return *this;
  }
  Families& Add(double value, Labels labels = {}) {
    ClientMetric sample;
    sample.label = std::move(labels);
    MetricFamily& family = families_.back();
    (family.type == MetricType::Counter ? sample.counter.value : sample.gauge.value) = value;
    family.metric.push_back(std::move(sample));
    return *this;
  }
  std::vector<MetricFamily> Take() { return std::move(families_); }

 private:
  std::vector<MetricFamily> families_;
};

Labels LabelsOf(const hsm::TokenHealth& token) {
  return {{"token", token.label}, {"serial", token.serial}};
}

// One family with a sample of each token.
void AddOfTokens(Families& out, const Figures& figures, const char* name, const char* help,
                 double (*value)(const hsm::TokenHealth&), MetricType type = MetricType::Gauge) {
  out.Of(name, help, type);
  for (const auto& token : figures.tokens) out.Add(value(token), LabelsOf(token));
}

void AddTokens(Families& out, const Figures& figures, absl::Time now) {
  using Token = const hsm::TokenHealth&;
  AddOfTokens(out, figures, "sceau_token_present", "Whether the token is in its slot.",
              [](Token it) { return it.present ? 1.0 : 0.0; });
  AddOfTokens(out, figures, "sceau_token_logged_in", "Whether the token is logged in to.",
              [](Token it) { return it.logged_in ? 1.0 : 0.0; });
  AddOfTokens(out, figures, "sceau_token_sessions_in_use", "Sessions that sign now.",
              [](Token it) { return double(it.sessions_in_use); });
  AddOfTokens(
      out, figures, "sceau_token_signatures_total", "Good signatures, tests included.",
      [](Token it) { return double(it.signatures); }, MetricType::Counter);
  AddOfTokens(
      out, figures, "sceau_token_wait_seconds_total",
      "Time that signatures have waited for a free session.",
      [](Token it) { return absl::ToDoubleSeconds(it.waited); }, MetricType::Counter);
  out.Of("sceau_token_last_signature_age_seconds", "Since the last good signature.");
  for (Token it : figures.tokens) {
    if (it.last_signature != absl::InfinitePast()) {
      out.Add(absl::ToDoubleSeconds(now - it.last_signature), LabelsOf(it));
    }
  }
  out.Of("sceau_token_certificate_days_left",
         "Until the first certificate of an opened key ends; negative: it has ended.");
  for (Token it : figures.tokens) {
    if (it.certificate_expires) {
      out.Add(absl::FDivDuration(*it.certificate_expires - now, absl::Hours(24)), LabelsOf(it));
    }
  }
  out.Of("sceau_token_errors_total", "Failed PKCS#11 calls, by code.", MetricType::Counter);
  for (Token it : figures.tokens) {
    for (const auto& [code, count] : it.errors) {
      Labels labels = LabelsOf(it);
      labels.push_back({"code", code});
      out.Add(double(count), std::move(labels));
    }
  }
}

void AddTrust(Families& out, const Figures& figures, absl::Time now) {
  out.Of("sceau_trust_anchors", "Trusted certificates, those of trusted lists included.")
      .Add(double(figures.anchors));
  out.Of("sceau_trusted_list_used", "Whether the list counts; 0: it was refused.");
  for (const ListFigures& it : figures.lists)
    out.Add(it.used ? 1 : 0, {{"territory", it.territory}});
  out.Of("sceau_trusted_list_age_seconds", "Since the list was issued.");
  for (const ListFigures& it : figures.lists) {
    out.Add(absl::ToDoubleSeconds(now - it.issued), {{"territory", it.territory}});
  }
  out.Of("sceau_trusted_list_days_left", "Until the list's next update is due.");
  for (const ListFigures& it : figures.lists) {
    if (!it.next_update) continue;
    out.Add(absl::FDivDuration(*it.next_update - now, absl::Hours(24)),
            {{"territory", it.territory}});
  }
  if (figures.revocation_current_until != absl::InfiniteFuture()) {
    out.Of("sceau_revocation_data_current_until_timestamp_seconds",
           "When the first authority has no current CRL left among the given ones.")
        .Add(Seconds(figures.revocation_current_until));
  }
  out.Of("sceau_revocation_cache_files", "CRLs kept from the network.")
      .Add(double(figures.cached_crls));
  if (figures.newest_cached_crl) {
    out.Of("sceau_revocation_cache_age_seconds", "Since the newest of them was fetched.")
        .Add(absl::ToDoubleSeconds(now - *figures.newest_cached_crl));
  }
}

}  // namespace

std::vector<prometheus::MetricFamily> FamiliesOf(const Figures& figures, absl::Time now) {
  Families out;
  out.Of("sceau_ready", "Whether a part is as it should be; 0 with what is wrong.");
  for (const Part& part : figures.readiness.parts) {
    out.Add(part.fault.empty() ? 1 : 0, {{"part", std::string(part.name)}, {"fault", part.fault}});
  }
  out.Of("sceau_can_sign", "Whether all that signing needs is as it should be.")
      .Add(figures.readiness.CanSign() ? 1 : 0);
  out.Of("sceau_can_verify", "Whether all that verification needs is as it should be.")
      .Add(figures.readiness.CanVerify() ? 1 : 0);
  out.Of("sceau_jobs_waiting", "Documents that wait for a thread.")
      .Add(double(figures.jobs_waiting));
  AddTokens(out, figures, now);
  AddTrust(out, figures, now);
  return out.Take();
}

}  // namespace sceau::server
