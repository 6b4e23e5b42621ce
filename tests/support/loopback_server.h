// An HTTP server on loopback for one test: what it answers is up to the test.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"

namespace sceau::test {

struct HttpAnswer {
  int status = 200;
  std::string body;
  std::string location;  // of a redirect
};

class LoopbackServer {
 public:
  // No answer: the connection stays open and silent until the server ends.
  using Handler =
      std::function<std::optional<HttpAnswer>(const std::string& path, const std::string& body)>;

  LoopbackServer();
  ~LoopbackServer();
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  // Before the first request.
  void Answer(Handler handler) { handler_ = std::move(handler); }
  std::string Url(const std::string& path) const;
  int requests() const { return requests_; }
  // From now on connections are refused.
  void Stop();

 private:
  void Serve();
  void Talk(FileDescriptor connection);

  FileDescriptor listener_;
  int port_ = 0;
  Handler handler_;
  std::atomic<int> requests_ = 0;
  std::atomic<bool> ending_ = false;
  std::vector<FileDescriptor> silent_;
  std::thread thread_;
};

}  // namespace sceau::test
