#include "server/figures.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <utility>

namespace sceau::server {
namespace {

void AddCache(const std::string& folder, Figures& figures) {
  std::error_code error;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    struct stat file {};
    if (::stat(it->path().c_str(), &file) != 0 || !S_ISREG(file.st_mode)) continue;
    ++figures.cached_crls;
    const absl::Time modified = absl::TimeFromTimespec(file.st_mtim);
    auto& newest = figures.newest_cached_crl;
    newest = newest ? std::max(*newest, modified) : modified;
  }
}

}  // namespace

Figures FiguresOf(const Setup& setup, Readiness readiness, int64_t jobs_waiting) {
  Figures figures{.readiness = std::move(readiness), .jobs_waiting = jobs_waiting};
  figures.tokens = setup.keys->Health();
  const auto trust = setup.trust->Current();
  figures.anchors = static_cast<int64_t>(trust->anchors->anchors().size());
  if (trust->lists != nullptr) {
    for (const verifier::ListState& list : trust->lists->states()) {
      figures.lists.push_back({list.territory, list.status.ok(), list.issued, list.next_update});
    }
  }
  if (trust->revocation.given != nullptr) {
    figures.revocation_current_until = CurrentUntil(*trust->revocation.given);
  }
  if (!setup.config.revocation_cache.empty()) AddCache(setup.config.revocation_cache, figures);
  return figures;
}

}  // namespace sceau::server
