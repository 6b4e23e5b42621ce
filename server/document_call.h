// A call that takes a document: upload, work, answer. Inspect, Sign and Verify differ only in what
// they do with it.
//
// gRPC's reactions never block: a message read is handled on the `io` pool (a file write and a
// digest), the work runs on the `work` pool, and the answer is made message by message on the `io`
// pool, the next one only when the client has taken the one before. One message is read ahead and
// one written at a time, so memory does not grow with the document.
#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "base/random.h"
#include "base/status.h"
#include "base/strings.h"
#include "server/active_calls.h"
#include "server/config.h"
#include "server/convert.h"
#include "server/upload.h"
#include "server/worker_pool.h"
#include "server/workshop.h"

namespace sceau::server {

template <typename Request, typename Response>
class DocumentCall : public grpc::ServerBidiReactor<Request, Response>,
                     public ActiveCalls::Call,
                     public std::enable_shared_from_this<DocumentCall<Request, Response>> {
 public:
  DocumentCall(grpc::CallbackServerContext* context, const Workshop& workshop,
               std::string_view name)
      : context_(context),
        workshop_(workshop),
        name_(name),
        request_id_(RandomHex(16)),
        upload_(NewUpload()),
        deadline_(absl::FromChrono(context->deadline())) {}

  // The reactor of a new call: `call`, or a refusal when the caller has none of the roles or there
  // are too many. It lives until OnDone.
  static grpc::ServerBidiReactor<Request, Response>* Start(std::shared_ptr<DocumentCall> call,
                                                           absl::Span<const Role> roles) {
    if (auto refused = Refused(call->workshop_, call.get(), call->name_, roles)) {
      return new Refusal<grpc::ServerBidiReactor<Request, Response>>(
          ToGrpc(*refused, call->request_id_));
    }
    DocumentCall* reactor = call.get();
    reactor->self_ = std::move(call);
    reactor->ReadNext();
    return reactor;
  }

 protected:
  // The header has come. Must not wait for a disk. On success the upload goes on.
  virtual Status OnHeader(const Request& header) = 0;
  // The document has come whole. Runs on the work pool; may take its time and call Send.
  virtual Status OnDocument() = 0;
  // The next message of the answer, after OnDocument succeeded; false when there is none left.
  // Runs on the io pool unless the document was small.
  virtual StatusOr<bool> Next(Response& response) = 0;

  // Of the document that is the answer.
  virtual int64_t bytes_sent() const { return 0; }

  const Workshop& workshop() const { return workshop_; }
  const std::string& request_id() const { return request_id_; }
  // Of the document.
  Upload& upload() { return *upload_; }
  const Upload& upload() const { return *upload_; }
  // In OnHeader, after the document's upload began: a file that follows it.
  Status Expect(const v1::ContentHeader& header) {
    if (header.name().empty()) return Error(Reason::kUsage, "content.name");
    for (const Content& it : contents_) {
      if (it.name == header.name()) return Error(Reason::kUsage, Concat("content.name: ", it.name));
    }
    contents_.push_back({header.name(), NewUpload()});
    const v1::DocumentHeader& document = header.document();
    return contents_.back().upload->Begin(
        document.has_size() ? std::optional<int64_t>(document.size()) : std::nullopt,
        document.sha256());
  }
  struct Content {
    std::string name;
    std::unique_ptr<Upload> upload;
  };
  const std::vector<Content>& contents() const { return contents_; }
  absl::Time deadline() const { return deadline_; }

  // kCancelled or kDeadlineExceeded once the client does not want the answer any more.
  Status StillWanted() const {
    if (absl::Now() >= deadline_) return Error(Reason::kDeadlineExceeded);
    if (context_->IsCancelled() || abandoned_) return Error(Reason::kCancelled);
    return OkStatus();
  }

  // Sends a message before the answer. From any thread. One that comes while more than kMaxPending
  // wait for a slow reader is left out. `more_follows`: the answer comes next, they may leave
  // together when the document is small.
  void Send(Response message, bool more_follows = false) {
    {
      const std::lock_guard lock(mutex_);
      if (outcome_ || pending_.size() > kMaxPending) return;
      pending_.push_back({std::move(message), more_follows && upload_->InMemory(0)});
    }
    Advance();
  }

 private:
  static constexpr size_t kMaxPending = 256;
  struct Outgoing {
    Response message;
    bool more_follows;  // need not leave before the next one
  };

  void ReadNext() {
    bool read = false;
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
      read = uploading_ = !outcome_;
      if (read) this->StartWaiting();
    }
    if (read) {
      this->StartRead(&request_);
    } else {
      Advance();
    }
  }

  void OnReadDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      uploading_ = false;
      this->StopWaiting();
      if (outcome_) return;  // ended while it waited
      working_ = true;       // keeps the call, and so its context, until the job is done
    }
    if (!ok) {
      const Status gone = StillWanted();
      EndJob(gone.ok() ? Error(Reason::kUploadIncomplete, "stream closed before end") : gone);
      return;
    }
    RunLight([this] { Handle(); }, request_.chunk().size());
  }

  // Where it is when nothing of it can wait for a disk (a thread woken for each message is most of
  // what a small document costs); else on the io pool.
  void RunLight(std::function<void()> job, size_t bytes) {
    if (Current().InMemory(bytes)) return job();
    workshop_.io->Post([self = this->shared_from_this(), job = std::move(job)] { job(); });
  }

  // One message of the upload.
  void Handle() {
    using M = Request;
    Status status;
    switch (request_.message_case()) {
      case M::kHeader:
        status =
            upload_->begun() ? Error(Reason::kStreamProtocol, "second header") : OnHeader(request_);
        break;
      case M::kChunk:
        status = AddChunk();
        break;
      case M::kEnd:
        status = Current().End();
        if (status.ok() && ended_uploads_ < contents_.size()) {
          ++ended_uploads_;
        } else if (status.ok()) {
          workshop_.work->Post([self = this->shared_from_this(), this] { Work(); });
          return;
        }
        break;
      case M::MESSAGE_NOT_SET:
        status = Error(Reason::kStreamProtocol, "empty message");
        break;
    }
    if (!status.ok()) return EndJob(status);
    ReadNext();
  }

  std::unique_ptr<Upload> NewUpload() const {
    return std::make_unique<Upload>(UploadLimits{.max_size = workshop_.config->max_document_size,
                                                 .folder = workshop_.config->work_folder});
  }

  // The one that is being received: the document's, then those of the contents.
  Upload& Current() {
    return ended_uploads_ == 0 ? *upload_ : *contents_[ended_uploads_ - 1].upload;
  }

  Status AddChunk() {
    received_ += static_cast<int64_t>(request_.chunk().size());
    if (received_ > workshop_.config->max_document_size) return Error(Reason::kDocumentTooLarge);
    return Current().Add(request_.chunk());
  }

  void Work() {
    Status status = StillWanted();
    if (status.ok()) status = OnDocument();
    if (!status.ok()) return EndJob(status);
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
      answering_ = true;
    }
    Advance();
  }

  // The job on a pool failed: so does the call.
  void EndJob(const Status& status) {
    {
      const std::lock_guard lock(mutex_);
      working_ = false;
    }
    Fail(status);
  }

  // The first outcome counts.
  void Fail(const Status& status) {
    {
      const std::lock_guard lock(mutex_);
      if (!outcome_) {
        outcome_ = status;
        pending_.clear();
      }
    }
    Advance();
  }

  // Starts the next write, makes the next message or finishes; does nothing while one is on its
  // way.
  void Advance() {
    enum class Step { kNone, kWrite, kMake, kFinish } step = Step::kNone;
    grpc::WriteOptions options;
    {
      const std::lock_guard lock(mutex_);
      if (busy_ || finished_) return;
      if (!pending_.empty() && !abandoned_) {
        step = Step::kWrite;
        // Never the first one: with it go the initial metadata, and gRPC would keep both for ever
        // (grpc issue 34231).
        if (told_ && pending_.front().more_follows) options.set_buffer_hint();
        told_ = true;
        response_ = std::move(pending_.front().message);
        pending_.pop_front();
        this->StartWaiting();
      } else if (outcome_) {
        if (working_) return;
        step = Step::kFinish;
        finished_ = true;
      } else if (answering_) {
        step = Step::kMake;
      }
      busy_ = step == Step::kWrite || step == Step::kMake;
      writing_ = step == Step::kWrite;
    }
    if (step == Step::kWrite) this->StartWrite(&response_, options);
    if (step == Step::kMake) RunLight([this] { Make(); }, 0);
    if (step == Step::kFinish) FinishCall();
  }

  void Make() {
    Response response;
    StatusOr<bool> made = abandoned_ ? Error(Reason::kCancelled) : Next(response);
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      if (made.ok() && *made) {
        pending_.push_back({std::move(response), upload_->InMemory(0)});
      } else if (!outcome_) {
        outcome_ = made.status();
      }
    }
    Advance();
  }

  void OnWriteDone(bool ok) override {
    {
      const std::lock_guard lock(mutex_);
      busy_ = false;
      writing_ = false;
      if (!uploading_) this->StopWaiting();
      if (!ok) abandoned_ = true;
    }
    Advance();
  }

  void OnCancel() override { abandoned_ = true; }

  void OnIdle() override {
    bool stalled_reader = false;
    {
      const std::lock_guard lock(mutex_);
      if (finished_) return;
      stalled_reader = writing_;
    }
    // A write on its way must end before the call can: cancelling makes it fail.
    if (stalled_reader) context_->TryCancel();
    Fail(stalled_reader ? Error(Reason::kCancelled, "reader idle")
                        : Error(Reason::kUploadIncomplete, "idle"));
  }

  void FinishCall() {
    const Status status = *outcome_;
    TellEnd(workshop_, {name_, request_id_, started_, received_, bytes_sent()}, status);
    this->Finish(ToGrpc(status, request_id_));
  }

  void OnDone() override {
    workshop_.calls->Remove(this);
    self_.reset();  // jobs still in a queue keep the object until they have run
  }

  grpc::CallbackServerContext* const context_;
  const Workshop workshop_;
  const std::string_view name_;
  const std::string request_id_;
  std::unique_ptr<Upload> upload_;
  std::vector<Content> contents_;
  size_t ended_uploads_ = 0;  // the document's first
  int64_t received_ = 0;      // bytes, of all of them
  const absl::Time deadline_;
  const absl::Time started_ = absl::Now();
  std::shared_ptr<DocumentCall> self_;

  Request request_;
  Response response_;
  std::atomic<bool> abandoned_{false};

  std::mutex mutex_;
  bool uploading_ = false;  // a read is on its way
  bool working_ = false;    // a job of the upload or of the work is queued or runs
  bool answering_ = false;  // OnDocument succeeded
  bool busy_ = false;       // a message is being made or written
  bool writing_ = false;
  bool told_ = false;  // the first message has been sent
  bool finished_ = false;
  std::deque<Outgoing> pending_;
  std::optional<Status> outcome_;
};

}  // namespace sceau::server
