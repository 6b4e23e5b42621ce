// Slow uploads and fast clients at once, with the real daemon: nobody who is fast waits for who is
// slow, and memory does not grow with them.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/strings.h"
#include "sceau/v1/verification.grpc.pb.h"
#include "tests/e2e/appliance.h"
#include "tests/e2e/caller_pki.h"
#include "tools/client/client.h"

namespace sceau::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kSlow = SCEAU_SLOW_UPLOADS;  // half of what the daemon admits: one caller's share
constexpr int kFast = 32;
constexpr int kSigningsOfEach = 3;
constexpr int kStreamsOfAConnection = 10;
constexpr milliseconds kBetweenChunks(500);

// A connection of its own.
std::shared_ptr<grpc::Channel> OwnChannel(const client::Options& options) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(
      options.address, grpc::SslCredentials({options.authority, options.key, options.certificate}),
      arguments);
}

// Uploads that send a little now and then and never end.
class SlowUploads {
 public:
  explicit SlowUploads(const client::Options& options) : options_(options) {}
  ~SlowUploads() {
    ending_ = true;
    if (dripping_.joinable()) dripping_.join();
    for (auto& upload : uploads_) upload.context->TryCancel();
    for (auto& upload : uploads_) (void)upload.stream->Finish();
  }

  void Open(int count) {
    for (int i = 0; i < count; ++i) {
      if (i % kStreamsOfAConnection == 0) {
        stubs_.push_back(v1::VerificationService::NewStub(OwnChannel(options_)));
      }
      Upload upload{std::make_unique<grpc::ClientContext>(), nullptr};
      upload.stream = stubs_.back()->Verify(upload.context.get());
      v1::VerifyRequest header;
      header.mutable_header()->mutable_document()->set_sha256(std::string(32, 'x'));
      EXPECT_TRUE(upload.stream->Write(header));
      uploads_.push_back(std::move(upload));
    }
    dripping_ = std::thread([this] { Drip(); });
  }
  // Rounds in which every one of them could send.
  int rounds() const { return rounds_; }

 private:
  struct Upload {
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientReaderWriter<v1::VerifyRequest, v1::VerifyResponse>> stream;
  };

  void Drip() {
    v1::VerifyRequest chunk;
    chunk.set_chunk(std::string(1024, 'x'));
    while (!ending_) {
      bool all = true;
      for (auto& upload : uploads_) all = upload.stream->Write(chunk) && all;
      if (all) ++rounds_;
      std::this_thread::sleep_for(kBetweenChunks);
    }
  }

  const client::Options options_;
  std::vector<std::unique_ptr<v1::VerificationService::Stub>> stubs_;
  std::vector<Upload> uploads_;
  std::atomic<bool> ending_{false};
  std::atomic<int> rounds_{0};
  std::thread dripping_;
};

// Asks for the daemon's health again and again.
class HealthWatch {
 public:
  explicit HealthWatch(const client::Options& options)
      : stub_(OwnChannel(options)), asking_([this] { Ask(); }) {}
  ~HealthWatch() { End(); }

  void End() {
    ending_ = true;
    if (asking_.joinable()) asking_.join();
  }
  int asked() const { return asked_; }
  int failed() const { return failed_; }
  milliseconds longest() const { return longest_; }

 private:
  // grpc.health.v1: a request without a service asks for all of it; field 1 of the answer is 1.
  bool Serves() {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
    grpc::CompletionQueue queue;
    const grpc::Slice nothing;
    grpc::ByteBuffer answer;
    grpc::Status status;
    const auto call = stub_.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check",
                                             grpc::ByteBuffer(&nothing, 1), &queue);
    call->StartCall();
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool came = false;
    queue.Next(&tag, &came);
    grpc::Slice text;
    return status.ok() && answer.DumpToSingleSlice(&text).ok() &&
           std::string(text.begin(), text.end()) == "\x08\x01";
  }

  void Ask() {
    while (!ending_) {
      const auto began = steady_clock::now();
      const bool serving = Serves();
      ++asked_;
      if (!serving) ++failed_;
      longest_ =
          std::max(longest_, std::chrono::duration_cast<milliseconds>(steady_clock::now() - began));
      std::this_thread::sleep_for(milliseconds(20));
    }
  }

  grpc::GenericStub stub_;
  std::atomic<bool> ending_{false};
  int asked_ = 0, failed_ = 0;
  milliseconds longest_{0};
  std::thread asking_;
};

class Load : public testing::Test {
 protected:
  Load() {
    appliance_.SetIdentity(pki_.Identity(
        "{name = \"slow\", alternative_name = \"URI:slow\", roles = [\"verifier\"]}, "
        "{name = \"fast\", alternative_name = \"URI:fast\", roles = [\"signer\"], keys = [\"*\"], "
        "collectivites = [\"*\"]}"));
    appliance_.Start(Concat("[limits]\nmax_requests = ", 2 * kSlow, "\n"));
    input_ = appliance_.Generate("in.xml", {});
  }

  // A client that has its connection. gRPC 1.51 may take a connection that is being made for one
  // that failed, when many are made at once (grpc pull request 35064): then it is made again.
  std::unique_ptr<client::Client> Connected() const {
    auto service = client::Client::Create(pki_.OptionsOf(fast_, appliance_.address()));
    for (int tries = 0; tries < 5; ++tries) {
      OutputFile none = OutputFile::Unnamed();
      const Status asked = service->GetResult({.idempotency_key = "none"}, none).status();
      if (ReasonOf(asked) == Reason::kResultUnknown) break;
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
    return service;
  }

  // What failed, of the signings of one fast client.
  std::vector<std::string> SignSome(int client) const {
    std::vector<std::string> failures;
    const auto service = Connected();
    for (int i = 0; i < kSigningsOfEach; ++i) {
      client::SignOrder order{.idempotency_key = Concat(client, "-", i),
                              .role = "Maire",
                              .city = "Nouméa",
                              .postal_code = "98800",
                              .country = "NC"};
      order.selection.what = signer::Selection::What::kAll;
      OutputFile output = OutputFile::Unnamed();
      const auto answer = service->Sign(*InputFile::Open(input_, 1 << 20), order, {}, output);
      if (!answer.ok()) failures.push_back(answer.status().ToString());
    }
    return failures;
  }

  CallerPki pki_;
  const CallerPki::Card slow_ = pki_.Issue("slow", "URI:slow");
  const CallerPki::Card fast_ = pki_.Issue("fast", "URI:fast");
  Appliance appliance_;
  std::string input_;
};

TEST_F(Load, P61_SlowUploadsKeepNoFastClientWaitingAndMemoryIsBounded) {
  SlowUploads slow(pki_.OptionsOf(slow_, appliance_.address()));
  slow.Open(kSlow);
  HealthWatch health(pki_.OptionsOf(fast_, appliance_.address()));

  std::mutex mutex;
  std::vector<std::string> failures;
  std::vector<std::thread> fast;
  const auto began = steady_clock::now();
  for (int i = 0; i < kFast; ++i) {
    fast.emplace_back([&, i] {
      const auto failed = SignSome(i);
      const std::lock_guard lock(mutex);
      failures.insert(failures.end(), failed.begin(), failed.end());
    });
  }
  for (std::thread& it : fast) it.join();
  const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - began);
  health.End();
  EXPECT_THAT(failures, testing::IsEmpty());
  EXPECT_GT(health.asked(), 0);
  EXPECT_EQ(health.failed(), 0);
  EXPECT_GT(slow.rounds(), 0);  // and they could go on
  EXPECT_LT(health.longest(), std::chrono::seconds(1));
  EXPECT_LT(appliance_.PeakMemory(), int64_t{512} << 20);
  // They were there all the time: the slow caller has no room for one more, the fast one has.
  const auto one_more = client::Client::Create(pki_.OptionsOf(slow_, appliance_.address()));
  const Status refused =
      one_more->Verify(*InputFile::Open(input_, 1 << 20), "in", std::nullopt).status();
  EXPECT_EQ(ReasonOf(refused), Reason::kRateLimited) << refused;
  EXPECT_THAT(DetailOf(refused), testing::HasSubstr("2 s"));
  RecordProperty("milliseconds", static_cast<int>(took.count()));
  RecordProperty("health_milliseconds", static_cast<int>(health.longest().count()));
  RecordProperty("peak_mebibytes", static_cast<int>(appliance_.PeakMemory() >> 20));
  std::cout << kSlow << " slow, " << kFast * kSigningsOfEach << " signed in " << took.count()
            << " ms, health at most " << health.longest().count() << " ms, peak "
            << (appliance_.PeakMemory() >> 20) << " MiB" << std::endl;
}

}  // namespace
}  // namespace sceau::test
