#include "server/readiness.h"

#include <algorithm>
#include <map>

#include "base/file.h"
#include "base/openssl.h"
#include "base/strings.h"
#include "xades/certificate.h"

namespace sceau::server {
namespace {

std::string FaultOf(const Status& status) {
  return status.ok() ? "" : std::string(InfoOf(ReasonOf(status).value_or(Reason::kInternal)).name);
}

std::string Keys(const ReadinessSources& it) {
  return it.setup.keys->CheckAll() ? "" : it.setup.keys->FirstFault();
}

std::string Register(const ReadinessSources& it) {
  const Competence& competence = *it.setup.competence;
  return competence.enforced() ? FaultOf(competence.Current().status()) : "";
}

std::string Anchors(const ReadinessSources& it) {
  return it.setup.trust->Current()->anchors->empty() ? "NO_ANCHOR" : "";
}

// Given lists only: what the network has is not known before it is asked.
std::string Revocation(const ReadinessSources& it) {
  const auto trust = it.setup.trust->Current();
  if (trust->revocation.given == nullptr || trust->revocation.network != nullptr) return "";
  return CurrentUntil(*trust->revocation.given) < it.now ? "REVOCATION_OUTDATED" : "";
}

std::string WorkFolder(const ReadinessSources& it) {
  return FaultOf(OutputFile::CheckFolder(it.setup.config.work_folder));
}

std::string AuditLog(const ReadinessSources& it) { return FaultOf(it.journal.Tend()); }

std::string Store(const ReadinessSources& it) { return FaultOf(it.store); }

std::string TimeStamps(const ReadinessSources& it) { return FaultOf(it.stamper.state()); }

std::string MachineClock(const ReadinessSources& it) {
  it.clock_watch.Observe(it.now);
  return it.clock_watch.Check(it.now).ok() ? "" : "CLOCK_SET_BACK";
}

std::string Configuration(const ReadinessSources& it) { return FaultOf(it.last_reload); }

struct Row {
  std::string_view name;
  bool for_signing;
  bool for_verification;
  std::string (*look)(const ReadinessSources&);
};

constexpr Row kParts[] = {
    {"keys", true, false, Keys},
    {"competence", true, false, Register},
    {"anchors", false, true, Anchors},
    {"revocation", false, true, Revocation},
    {"work_folder", true, true, WorkFolder},
    {"audit", true, false, AuditLog},
    {"store", true, false, Store},
    {"time_stamps", false, false, TimeStamps},
    {"clock", true, true, MachineClock},
    {"configuration", false, false, Configuration},
};

}  // namespace

bool Readiness::CanSign() const {
  return std::none_of(parts.begin(), parts.end(),
                      [](const Part& part) { return part.for_signing && !part.fault.empty(); });
}

bool Readiness::CanVerify() const {
  return std::none_of(parts.begin(), parts.end(), [](const Part& part) {
    return part.for_verification && !part.fault.empty();
  });
}

std::string Readiness::Faults() const {
  std::string faults;
  for (const Part& part : parts) {
    if (part.fault.empty()) continue;
    AppendTo(faults, faults.empty() ? "" : " ", part.name, "=", part.fault);
  }
  return faults;
}

absl::Time CurrentUntil(const verifier::RevocationData& data) {
  std::map<std::string, absl::Time> latest;  // by issuer
  for (const X509CrlHandle& crl : data.crls()) {
    const ASN1_TIME* next = X509_CRL_get0_nextUpdate(crl.get());
    const absl::Time until = next == nullptr ? absl::InfiniteFuture() : xades::TimeOf(next);
    const auto [found, added] =
        latest.emplace(DerWith(X509_CRL_get_issuer(crl.get()), i2d_X509_NAME), until);
    if (!added) found->second = std::max(found->second, until);
  }
  absl::Time first = absl::InfiniteFuture();
  for (const auto& [issuer, until] : latest) first = std::min(first, until);
  return first;
}

Readiness LookAtEachPart(const ReadinessSources& sources) {
  Readiness readiness;
  for (const Row& row : kParts) {
    readiness.parts.push_back({row.name, row.for_signing, row.for_verification, row.look(sources)});
  }
  return readiness;
}

}  // namespace sceau::server
