#include "server/trust_keeper.h"

#include <utility>

#include "server/log.h"
#include "verifier/trusted_list_refresh.h"

namespace sceau::server {
namespace {

void LogList(std::string_view what, const std::string& list, const Status& status) {
  Log(LogLevel::kWarning, what,
      {{"list", list},
       {"outcome", std::string(InfoOf(ReasonOf(status).value_or(Reason::kInternal)).name)},
       {"detail", DetailOf(status)}});
}

StatusOr<verifier::RevocationSources> RevocationOf(const Config& config) {
  verifier::RevocationSources sources;
  if (!config.revocation_data.empty()) {
    SCEAU_ASSIGN_OR_RETURN(sources.given, verifier::RevocationData::Load(config.revocation_data));
  }
  if (config.revocation_online) {
    verifier::RevocationNetworkOptions network;
    network.cache_folder = config.revocation_cache;
    sources.network = std::make_shared<const verifier::RevocationNetwork>(std::move(network));
  }
  return sources;
}

}  // namespace

StatusOr<std::unique_ptr<TrustKeeper>> TrustKeeper::Open(const Config& config, const Clock& clock) {
  std::unique_ptr<TrustKeeper> keeper(new TrustKeeper(config, clock));
  keeper->configured_ = verifier::TrustAnchors::None();
  if (!config.anchors.empty()) {
    SCEAU_ASSIGN_OR_RETURN(keeper->configured_, verifier::TrustAnchors::Load(config.anchors));
  }
  SCEAU_ASSIGN_OR_RETURN(keeper->revocation_, RevocationOf(config));
  SCEAU_RETURN_IF_ERROR(keeper->Load());
  return keeper;
}

void TrustKeeper::Start() {
  if (!config_.lists_folder.empty()) thread_ = std::thread([this] { Run(); });
}

TrustKeeper::~TrustKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const Trust> TrustKeeper::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

Status TrustKeeper::Load() {
  auto trust = std::make_shared<Trust>();
  trust->anchors = configured_;
  trust->revocation = revocation_;
  if (!config_.lists_folder.empty()) {
    SCEAU_ASSIGN_OR_RETURN(trust->lists,
                           verifier::TrustedLists::Load(config_.lists_folder, clock_.Now()));
    for (const verifier::ListState& it : trust->lists->states()) {
      if (!it.status.ok()) LogList("list_refused", it.file, it.status);
    }
    trust->anchors = trust->lists->AddedTo(*configured_);
  }
  const std::lock_guard lock(mutex_);
  current_ = std::move(trust);
  return OkStatus();
}

void TrustKeeper::Refresh() {
  if (config_.lists_fetch) {
    verifier::RefreshOptions options;
    options.url = config_.lists_url;
    options.territories = config_.lists_territories;
    const auto lists = verifier::RefreshTrustedLists(config_.lists_folder, options, clock_.Now());
    if (!lists.ok()) LogList("list_not_fetched", config_.lists_folder, lists.status());
    for (const verifier::RefreshedList& it :
         lists.ok() ? *lists : std::vector<verifier::RefreshedList>()) {
      if (!it.status.ok()) LogList("list_not_fetched", it.territory, it.status);
    }
  }
  // What was there goes on counting when the folder cannot be read now.
  if (const Status status = Load(); !status.ok()) {
    LogList("lists_unreadable", config_.lists_folder, status);
  }
}

void TrustKeeper::Run() {
  // The lists of the folder count already; the first round only brings them up to date.
  bool wait = !config_.lists_fetch;
  while (true) {
    std::unique_lock lock(mutex_);
    if (wait) {
      changed_.wait_for(lock, absl::ToChronoNanoseconds(config_.lists_refresh),
                        [this] { return ending_; });
    }
    if (ending_) return;
    wait = true;
    lock.unlock();
    Refresh();
  }
}

}  // namespace sceau::server
