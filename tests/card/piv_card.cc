#include "tests/card/piv_card.h"

#include <openssl/rsa.h>

#include <utility>

#include "base/strings.h"
#include "tests/support/require.h"

namespace sceau::test {
namespace {

using namespace std::string_view_literals;

// Status words (ISO 7816-4 §5.6).
constexpr std::string_view kDone = "\x90\x00"sv;
constexpr std::string_view kWrongLength = "\x67\x00"sv;
constexpr std::string_view kNotAllowed = "\x69\x82"sv;  // security status not satisfied
constexpr std::string_view kBlocked = "\x69\x83"sv;
constexpr std::string_view kWrongData = "\x6a\x80"sv;
constexpr std::string_view kNotFound = "\x6a\x82"sv;
constexpr std::string_view kNoInstruction = "\x6d\x00"sv;

constexpr std::string_view kPivAid = "\xa0\x00\x00\x03\x08\x00\x00\x10\x00\x01\x00"sv;
// FASC-N of a card that no federal agency issued (agency 9999): the GUID is then its number.
constexpr std::string_view kNoAgency =
    "\xd4\xe7\x39\xda\x73\x9c\xed\x39\xce\x73\x9d\x83\x68"
    "\x58\x21\x08\x42\x10\x84\x21\xc8\x42\x10\xc3\xeb"sv;
constexpr int kChained = 0x10;       // in CLA: more of this command follows
constexpr int kPivPin = 0x80;        // P2 of VERIFY: the application's own PIN
constexpr int kSignatureKey = 0x9c;  // P2 of GENERAL AUTHENTICATE
constexpr size_t kPinField = 8;      // bytes, filled up with 0xff (§2.4.3)
constexpr size_t kMostAtOnce = 256;  // bytes of an answer to a short command

enum Instruction {
  kVerify = 0x20,
  kAuthenticate = 0x87,
  kSelect = 0xa4,
  kGetResponse = 0xc0,
  kGetData = 0xcb
};

int Byte(std::string_view bytes, size_t at) { return static_cast<unsigned char>(bytes[at]); }
std::string OneByte(size_t value) { return std::string(1, static_cast<char>(value)); }

// BER-TLV with a definite length (ISO 7816-4 §5.2.2).
std::string Tlv(std::string_view tag, std::string_view value) {
  std::string out(tag);
  const size_t size = value.size();
  if (size >= 0x100) {
    out += "\x82" + OneByte(size >> 8);
  } else if (size >= 0x80) {
    out += "\x81";
  }
  return out + OneByte(size & 0xff) + std::string(value);
}

// The value of the first `tag` (one byte) among the fields of `bytes`; false: there is none, or
// they are malformed.
bool FindTlv(std::string_view bytes, int tag, std::string_view& value) {
  while (bytes.size() >= 2) {
    const int found = Byte(bytes, 0);
    size_t size = static_cast<size_t>(Byte(bytes, 1));
    bytes.remove_prefix(2);
    if (size > 0x80) {
      size_t octets = size - 0x80;
      if (octets > 2 || bytes.size() < octets) return false;
      for (size = 0; octets > 0; --octets) {
        size = size << 8 | static_cast<size_t>(Byte(bytes, 0));
        bytes.remove_prefix(1);
      }
    }
    if (bytes.size() < size) return false;
    value = bytes.substr(0, size);
    if (found == tag) return true;
    bytes.remove_prefix(size);
  }
  return false;
}

// SP 800-78-4 table 6-2: the algorithm's identifier in P1.
int AlgorithmOf(EVP_PKEY* key) {
  if (EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA) return 0x07;
  return EVP_PKEY_get_bits(key) == 384 ? 0x14 : 0x11;
}

}  // namespace

// ISO 7816-4 §5.1, short form.
struct PivCard::Command {
  int cla = 0, instruction = 0, p1 = 0, p2 = 0;
  std::string_view data;
  size_t wanted = 0;  // Le; 0: no answer is expected

  static bool Parse(std::string_view apdu, Command& command) {
    if (apdu.size() < 4) return false;
    command.cla = Byte(apdu, 0);
    command.instruction = Byte(apdu, 1);
    command.p1 = Byte(apdu, 2);
    command.p2 = Byte(apdu, 3);
    std::string_view rest = apdu.substr(4);
    if (rest.size() > 1) {
      const auto size = static_cast<size_t>(Byte(rest, 0));
      if (size == 0 || rest.size() < 1 + size) return false;
      command.data = rest.substr(1, size);
      rest.remove_prefix(1 + size);
    }
    if (rest.size() > 1) return false;
    if (rest.size() == 1)
      command.wanted = Byte(rest, 0) == 0 ? kMostAtOnce : static_cast<size_t>(Byte(rest, 0));
    return true;
  }
};

PivCard::PivCard(EvpPkeyHandle key, std::string certificate, std::string pin, std::string guid)
    : key_(std::move(key)),
      certificate_(std::move(certificate)),
      pin_(std::move(pin)),
      guid_(std::move(guid)) {
  Require(guid_.size() == 16 && pin_.size() <= kPinField, "a PIV card's number and PIN");
}

// T=1 and nothing of interest: OpenSC knows the card by its application, not by its ATR.
std::string PivCard::Atr() { return std::string("\x3b\x80\x80\x01\x01"sv); }

void PivCard::Reset() {
  const std::lock_guard lock(mutex_);
  verified_ = false;
  chained_.clear();
  pending_.clear();
}

std::string PivCard::Answer(std::string_view apdu) {
  const std::lock_guard lock(mutex_);
  Command command;
  if (!Command::Parse(apdu, command)) return std::string(kWrongLength);
  if (command.instruction == kGetResponse) return TakePending(command.wanted);
  pending_.clear();
  chained_ += command.data;
  if ((command.cla & kChained) != 0) return std::string(kDone);
  const std::string whole = std::exchange(chained_, "");
  command.data = whole;
  const std::string answer = Run(command);
  if (!answer.ends_with(kDone)) return answer;
  pending_ = answer.substr(0, answer.size() - kDone.size());
  return TakePending(command.wanted);
}

// At most Le bytes at a time; what remains is announced (ISO 7816-4 §7.6.1).
std::string PivCard::TakePending(size_t wanted) {
  const std::string part = pending_.substr(0, wanted);
  pending_.erase(0, part.size());
  if (pending_.empty()) return part + std::string(kDone);
  return part + "\x61" + OneByte(pending_.size() < kMostAtOnce ? pending_.size() : 0);
}

std::string PivCard::Run(const Command& command) {
  switch (command.instruction) {
    case kSelect:
      return Select(command);
    case kGetData:
      return GetData(command);
    case kVerify:
      return Verify(command);
    case kAuthenticate:
      return Authenticate(command);
    default:
      return std::string(kNoInstruction);
  }
}

// §3.1.1. The answer: the application property template.
std::string PivCard::Select(const Command& command) {
  const bool right =
      command.p1 == 0x04 && command.data.size() >= 5 && kPivAid.starts_with(command.data);
  if (!right) return std::string(kNotFound);
  verified_ = false;
  return Tlv("\x61",
             Tlv("\x4f", kPivAid.substr(5)) + Tlv("\x79", Tlv("\x4f", kPivAid.substr(0, 5)))) +
         std::string(kDone);
}

// §3.1.2: the objects that OpenSC needs to show a signature key.
std::string PivCard::GetData(const Command& command) const {
  std::string_view wanted;
  if (!FindTlv(command.data, 0x5c, wanted)) return std::string(kWrongData);
  if (wanted == "\x5f\xc1\x02"sv) {  // card holder unique identifier
    return Tlv("\x53", Tlv("\x30", kNoAgency) + Tlv("\x34", guid_) + Tlv("\x35", "20491231") +
                           Tlv("\x3e", "") + Tlv("\xfe", "")) +
           std::string(kDone);
  }
  if (wanted == "\x5f\xc1\x0a"sv) {  // certificate for digital signature; not compressed
    return Tlv("\x53", Tlv("\x70", certificate_) + Tlv("\x71", "\0"sv) + Tlv("\xfe", "")) +
           std::string(kDone);
  }
  if (wanted == "\x7e"sv) {  // discovery object: the PIN is the application's own
    return Tlv("\x7e", Tlv("\x4f", kPivAid) + Tlv("\x5f\x2f"sv, "\x40\x00"sv)) + std::string(kDone);
  }
  return std::string(kNotFound);
}

// §3.2.1.
std::string PivCard::Verify(const Command& command) {
  if (command.p2 != kPivPin) return "\x6a\x88";
  const auto tries = [this] { return "\x63" + OneByte(0xc0 | static_cast<size_t>(tries_left_)); };
  if (command.data.empty()) {
    if (verified_) return std::string(kDone);
    return tries_left_ == 0 ? std::string(kBlocked) : tries();
  }
  ++verifications_;
  verified_ = false;
  if (command.data.size() != kPinField) return std::string(kWrongData);
  if (tries_left_ == 0) return std::string(kBlocked);
  std::string expected = pin_;
  expected.resize(kPinField, '\xff');
  if (command.data != expected) {
    --tries_left_;
    return tries_left_ == 0 ? std::string(kBlocked) : tries();
  }
  tries_left_ = kTries;
  verified_ = true;
  return std::string(kDone);
}

// §3.2.4: {7C {82} {81 what is to be signed}} gives {7C {82 signature}}.
std::string PivCard::Authenticate(const Command& command) {
  if (command.p1 != AlgorithmOf(key_.get()) || command.p2 != kSignatureKey) {
    return std::string(kWrongData);
  }
  std::string_view fields, data;
  if (!FindTlv(command.data, 0x7c, fields) || !FindTlv(fields, 0x81, data)) {
    return std::string(kWrongData);
  }
  // "PIN Always": one signature for one PIN.
  if (!std::exchange(verified_, false)) return std::string(kNotAllowed);
  const std::string value = Sign(command.p1, data);
  if (value.empty()) return std::string(kWrongData);
  ++signatures_;
  return Tlv("\x7c", Tlv("\x82", value)) + std::string(kDone);
}

// RSA: the bare private operation on a padded block. ECDSA: of a digest, as DER.
std::string PivCard::Sign(int algorithm, std::string_view data) const {
  const EvpPkeyCtxHandle context(EVP_PKEY_CTX_new(key_.get(), nullptr));
  if (EVP_PKEY_sign_init(context.get()) != 1) return "";
  if (algorithm == 0x07 && EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1) {
    return "";
  }
  std::string value(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0');
  size_t size = value.size();
  if (EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(value.data()), &size,
                    reinterpret_cast<const unsigned char*>(data.data()), data.size()) != 1) {
    return "";
  }
  value.resize(size);
  return value;
}

}  // namespace sceau::test
