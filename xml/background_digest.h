// The digest of a long stream of octets, made by another core while this one goes on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "xml/canonical.h"

namespace sceau::xml {

class BackgroundDigest final : public OctetSink {
 public:
  // `expected`: about how many octets will come. Few are digested where they are written.
  BackgroundDigest(DigestAlgorithm algorithm, int64_t expected);
  ~BackgroundDigest() override;
  BackgroundDigest(const BackgroundDigest&) = delete;
  BackgroundDigest& operator=(const BackgroundDigest&) = delete;

  void Write(std::string_view octets) override;
  // The digest (raw) of everything written.
  std::string Finish();

 private:
  static constexpr int64_t kWorthAThread = 4 << 20;  // octets
  static constexpr size_t kBlock = 512 * 1024;       // handed over at once

  void HandOver();
  void Work();

  Digest digest_;
  std::string filling_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::string waiting_;  // guarded by mutex_; a block to digest, empty when there is none
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // none: everything is digested at once
};

}  // namespace sceau::xml
