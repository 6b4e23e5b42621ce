// A real server on a free port of 127.0.0.1, with an engine that stands in for the rooms below.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/strings.h"
#include "server/config.h"
#include "server/engine.h"
#include "server/server.h"
#include "tests/support/temporary_folder.h"

namespace sceau::server {

// Opened once; waiting for it never times out.
class Gate {
 public:
  void Open() {
    {
      const std::lock_guard lock(mutex_);
      open_ = true;
    }
    changed_.notify_all();
  }
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

inline constexpr std::string_view kMark = "<signature/>";

// Signs by putting kMark before the last byte and after the first; counts what it does.
class StandIn {
 public:
  Engine engine() {
    return {
        .inspect = [this](const InputFile& file) { return Inspect(file); },
        .verify = [this](const InputFile&, const std::vector<Beside>& contents,
                         absl::Time at) { return Verify(contents, at); },
        .admit = [](const SignOrder& order) -> StatusOr<SignOrder> {
          if (order.key == "nobody") return Error(Reason::kKeyNotFound, order.key);
          return order;
        },
        .sign =
            [this](const InputFile& input, const InputFile* content, const SignOrder& order,
                   const SignWatch& watch, OutputFile& output) {
              last_order = order;
              if (content != nullptr) beside = TextOf(*content);
              return Sign(input, order, watch, output);
            },
        .record_prepared = [](const DeskEvent&) { return OkStatus(); },
        .record_refused = [](const DeskEvent&, const Status&) { return OkStatus(); },
        .record_declined = [](const DeskEvent&, const std::string&) { return OkStatus(); },
        .record_end = [](const std::string&) { return OkStatus(); },
        .record_access = [](const AccessChange&) { return OkStatus(); },
    };
  }

  StatusOr<signer::Outcome> Sign(const InputFile& input, const SignOrder&, const SignWatch& watch,
                                 OutputFile& output) {
    ++runs;
    if (hold) {
      reached.Open();
      released.Wait();
    }
    if (until_unwanted) {
      reached.Open();
      while (watch.still_wanted().ok()) std::this_thread::yield();
    }
    SCEAU_RETURN_IF_ERROR(failure);
    const size_t total = 2;
    for (size_t done = 1; done <= total; ++done) {
      SCEAU_RETURN_IF_ERROR(watch.still_wanted());
      ++signatures;
      watch.progress(Concat("BD", done), done, total);
    }
    SCEAU_ASSIGN_OR_RETURN(const std::string text,
                           input.Slice(0, static_cast<size_t>(input.size())));
    const std::string mark(kMark);
    const std::string result = text.substr(0, 1) + mark + text.substr(1, text.size() - 2) + mark +
                               text.substr(text.size() - 1);
    SCEAU_RETURN_IF_ERROR(output.Append(result));
    const auto size = static_cast<int64_t>(mark.size());
    const int64_t last = static_cast<int64_t>(text.size()) - 1;
    signer::Outcome outcome{
        .edits = edits ? *edits
                       : std::vector<xml::Edit>{{1, "", 1, size}, {last, "", last + size, size}},
        .elements = {{schemas::Scope::kBordereau, "BD1", "BD1_SIG_1"},
                     {schemas::Scope::kBordereau, "BD2", "BD2_SIG_1"}},
        .sha256 = ToHex(DigestOf(DigestAlgorithm::kSha256, result)),
        .size = static_cast<int64_t>(result.size())};
    SCEAU_RETURN_IF_ERROR(watch.keep(outcome, "end"));
    return outcome;
  }

  StatusOr<schemas::Inspection> Inspect(const InputFile&) {
    if (!failure.ok()) return failure;
    return inspection;
  }

  static std::string TextOf(const InputFile& file) {
    return file.Slice(0, static_cast<size_t>(file.size())).value_or("");
  }

  verifier::FileReport Verify(const std::vector<Beside>& contents, absl::Time at) {
    beside.clear();
    for (const Beside& it : contents) beside += Concat(it.name, "=", TextOf(*it.file), ";");
    verifier::FileReport judged = report;
    judged.validation_time = at;
    return judged;
  }

  Status failure;
  bool hold = false;            // Sign waits for `released`
  bool until_unwanted = false;  // Sign waits for its client to lose interest
  Gate reached, released;
  std::optional<std::vector<xml::Edit>> edits;  // told instead of the true ones
  SignOrder last_order;
  std::string beside;  // the content to sign, or all contents of a verification: "name=text;"
  std::atomic<int> runs{0};
  std::atomic<int> signatures{0};
  schemas::Inspection inspection;
  verifier::FileReport report;
};

class ServiceTest : public ::testing::Test {
 protected:
  // `settings`: TOML on top of the defaults.
  void Start(std::string_view settings = "") {
    auto parsed = ParseConfig(
        Concat("listen = \"127.0.0.1:0\"\nidentity.mode = \"local-without-identity\"\n", settings),
        "test");
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    config_ = *parsed;
    engine_ = stand_in_.engine();
    const auto rights = Rights::Load(config_);
    ASSERT_TRUE(rights.ok()) << rights.status();
    auto started = Server::Start(config_, state_.path(), *rights, engine_, clock_);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    address_ = Concat("127.0.0.1:", server_->port());
    channel_ = grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
  }

  SystemClock clock_;
  test::TemporaryFolder state_;
  StandIn stand_in_;
  Config config_;
  Engine engine_;
  std::unique_ptr<Server> server_;
  std::string address_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace sceau::server
