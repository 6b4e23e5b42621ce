#include "xml/background_digest.h"

#include <utility>

namespace sceau::xml {

BackgroundDigest::BackgroundDigest(DigestAlgorithm algorithm, int64_t expected)
    : digest_(algorithm) {
  if (expected < kWorthAThread || std::thread::hardware_concurrency() < 2) return;
  filling_.reserve(kBlock);
  thread_ = std::thread([this] { Work(); });
}

BackgroundDigest::~BackgroundDigest() {
  if (thread_.joinable()) (void)Finish();
}

void BackgroundDigest::Write(std::string_view octets) {
  if (!thread_.joinable()) return digest_.Update(octets);
  while (!octets.empty()) {
    const std::string_view part = octets.substr(0, kBlock - filling_.size());
    filling_.append(part);
    octets.remove_prefix(part.size());
    if (filling_.size() == kBlock) HandOver();
  }
}

// Waits until the block before has been taken: two blocks are all the memory there is.
void BackgroundDigest::HandOver() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return waiting_.empty(); });
  std::swap(waiting_, filling_);
  filling_.clear();
  lock.unlock();
  changed_.notify_all();
}

void BackgroundDigest::Work() {
  std::string block;
  block.reserve(kBlock);
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::swap(waiting_, block);
    }
    changed_.notify_all();
    digest_.Update(block);
    block.clear();
  }
}

std::string BackgroundDigest::Finish() {
  if (thread_.joinable()) {
    if (!filling_.empty()) HandOver();
    {
      const std::lock_guard lock(mutex_);
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  return digest_.Finish();
}

}  // namespace sceau::xml
