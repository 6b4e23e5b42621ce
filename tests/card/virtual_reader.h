// A card reader without hardware: pcscd with vsmartcard's driver, and PivCards put in and pulled
// out by a test.
//
// The driver listens for the card (TCP; the messages: a length of 2 bytes, big-endian, and a body;
// a body of one byte is a control, any other an APDU). pcscd lives in a network and a mount
// namespace of its own: nobody else reaches that port, its /run is a folder of the test, and it
// meets no other pcscd of this machine.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "tests/card/piv_card.h"
#include "tests/support/process.h"
#include "tests/support/temporary_folder.h"

namespace sceau::test {

// What stands in the way of a reader here; empty: nothing.
std::string WhyNoReader();

class VirtualReader {
 public:
  enum class Instant {
    kBeforeSignature,  // when the n-th signature is asked for, before the card answers
    kAfterSignature,   // at the next command after the answer to the n-th signature
  };

  // Starts pcscd and sets PCSCLITE_CSOCK_NAME for this process and the programs it starts; make it
  // before any thread. What fails ends the program.
  VirtualReader();
  ~VirtualReader();
  VirtualReader(const VirtualReader&) = delete;
  VirtualReader& operator=(const VirtualReader&) = delete;

  // Both wait until pcscd has seen the change.
  void Insert(std::shared_ptr<PivCard> card);
  void Remove();
  // Pulls the card out at that instant of its n-th signature from now (1: the next); `then` is put
  // in its place at once (null: the reader stays empty).
  void RemoveAt(Instant instant, int nth, std::shared_ptr<PivCard> then = nullptr);

 private:
  struct Plan {
    Instant instant;
    int nth;
    std::shared_ptr<PivCard> then;
  };

  struct Answer {
    enum { kBytes, kNone, kNoCard } kind;
    std::string bytes;
  };

  void Serve();
  bool ServeOne(int connection);
  Answer AnswerOf(std::string_view message);
  Answer AnswerToLook();
  bool PulledOutBy(std::string_view apdu);
  void Change(std::shared_ptr<PivCard> card);

  const TemporaryFolder folder_;
  std::unique_ptr<BackgroundProcess> daemon_;
  FileDescriptor stop_;  // an eventfd

  std::mutex mutex_;
  std::condition_variable seen_;
  std::shared_ptr<PivCard> card_;  // in the reader; null: none
  std::shared_ptr<PivCard> next_;  // to be put in once the driver has seen the reader empty
  int looks_ = 0;                  // of the driver, since card_ changed
  std::optional<Plan> plan_;
  int signatures_ = 0;  // answered since the plan was made
  std::thread thread_;
};

}  // namespace sceau::test
