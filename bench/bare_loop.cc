#include "bench/bare_loop.h"

#include <dlfcn.h>
#include <openssl/ec.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/file.h"

namespace sceau::bench {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "bench: %s\n", what);
  std::exit(1);
}

namespace {


CK_FUNCTION_LIST_PTR LoadModule(const char* path) {
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  Require(library != nullptr, "dlopen");
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  Require(list != nullptr && list(&p11) == CKR_OK, "C_GetFunctionList");
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  const CK_RV rv = p11->C_Initialize(&arguments);
  Require(rv == CKR_OK || rv == CKR_CRYPTOKI_ALREADY_INITIALIZED, "C_Initialize");
  return p11;
}

CK_SLOT_ID FindToken(CK_FUNCTION_LIST_PTR p11, std::string_view label) {
  CK_SLOT_ID slots[16];
  CK_ULONG count = std::size(slots);
  Require(p11->C_GetSlotList(CK_TRUE, slots, &count) == CKR_OK, "C_GetSlotList");
  for (CK_ULONG i = 0; i < count; ++i) {
    CK_TOKEN_INFO info{};
    if (p11->C_GetTokenInfo(slots[i], &info) != CKR_OK) continue;
    if (std::memcmp(info.label, label.data(), label.size()) == 0) return slots[i];
  }
  Require(false, "no such token");
  return 0;
}

CK_OBJECT_HANDLE FindObject(CK_FUNCTION_LIST_PTR p11, CK_SESSION_HANDLE session,
                            CK_OBJECT_CLASS type) {
  CK_ATTRIBUTE wanted{CKA_CLASS, &type, sizeof type};
  CK_OBJECT_HANDLE object = CK_INVALID_HANDLE;
  CK_ULONG count = 0;
  Require(p11->C_FindObjectsInit(session, &wanted, 1) == CKR_OK &&
              p11->C_FindObjects(session, &object, 1, &count) == CKR_OK && count == 1 &&
              p11->C_FindObjectsFinal(session) == CKR_OK,
          "C_FindObjects");
  return object;
}

X509Handle ReadCertificate(CK_FUNCTION_LIST_PTR p11, CK_SESSION_HANDLE session) {
  const CK_OBJECT_HANDLE object = FindObject(p11, session, CKO_CERTIFICATE);
  std::vector<unsigned char> der(16 * 1024);
  CK_ATTRIBUTE value{CKA_VALUE, der.data(), der.size()};
  Require(p11->C_GetAttributeValue(session, object, &value, 1) == CKR_OK, "CKA_VALUE");
  const unsigned char* at = der.data();
  return X509Handle(d2i_X509(nullptr, &at, static_cast<long>(value.ulValueLen)));
}

}  // namespace

BareToken OpenBareToken(const char* module, const char* label, const char* pin_file) {
  BareToken token;
  token.p11 = LoadModule(module);
  token.slot = FindToken(token.p11, label);
  Require(token.p11->C_OpenSession(token.slot, CKF_SERIAL_SESSION, nullptr, nullptr,
                                   &token.holder) == CKR_OK,
          "C_OpenSession");
  auto pin = ReadSmallFile(pin_file);
  Require(pin.ok(), "PIN file");
  pin->resize(std::min(pin->size(), pin->find('\n')));
  const CK_RV rv = token.p11->C_Login(
      token.holder, CKU_USER, reinterpret_cast<unsigned char*>(pin->data()), pin->size());
  Require(rv == CKR_OK || rv == CKR_USER_ALREADY_LOGGED_IN, "C_Login");
  token.key = FindObject(token.p11, token.holder, CKO_PRIVATE_KEY);
  token.certificate = ReadCertificate(token.p11, token.holder);
  token.ec = EVP_PKEY_get_base_id(X509_get0_pubkey(token.certificate.get())) == EVP_PKEY_EC;
  return token;
}

namespace {

// r‖s as PKCS#11 gives it, in DER as OpenSSL takes it.
std::string DerOf(std::string_view pair) {
  const auto half = static_cast<int>(pair.size() / 2);
  const auto* bytes = reinterpret_cast<const unsigned char*>(pair.data());
  const CHandle<ECDSA_SIG, ECDSA_SIG_free> signature(ECDSA_SIG_new());
  ECDSA_SIG_set0(signature.get(), BN_bin2bn(bytes, half, nullptr),
                 BN_bin2bn(bytes + half, half, nullptr));
  std::string der(static_cast<size_t>(i2d_ECDSA_SIG(signature.get(), nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_ECDSA_SIG(signature.get(), &out);
  return der;
}

bool Verifies(X509* certificate, std::string_view message, std::string_view signature) {
  EvpMdCtxHandle context(EVP_MD_CTX_new());
  const auto bytes = [](std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
  };
  return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr,
                              X509_get0_pubkey(certificate)) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                          message.size()) == 1;
}

}  // namespace

CK_SESSION_HANDLE OpenBareSession(const BareToken& token) {
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Require(token.p11->C_OpenSession(token.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session) ==
              CKR_OK,
          "C_OpenSession");
  return session;
}

void SignBare(const BareToken& token, CK_SESSION_HANDLE session, const std::string& message,
              bool check) {
  // DigestInfo of SHA-256 (RFC 8017 §9.2): the token does the private operation alone.
  static constexpr char kPrefix[] =
      "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
  std::string input(kPrefix, token.ec ? 0 : sizeof kPrefix - 1);
  input += DigestOf(DigestAlgorithm::kSha256, message);
  unsigned char signature[512];
  CK_ULONG size = sizeof signature;
  CK_MECHANISM mechanism{token.ec ? CKM_ECDSA : CKM_RSA_PKCS, nullptr, 0};
  Require(token.p11->C_SignInit(session, &mechanism, token.key) == CKR_OK &&
              token.p11->C_Sign(session, reinterpret_cast<unsigned char*>(input.data()),
                                input.size(), signature, &size) == CKR_OK,
          "C_Sign");
  if (!check) return;
  const std::string_view value(reinterpret_cast<char*>(signature), size);
  Require(Verifies(token.certificate.get(), message, token.ec ? DerOf(value) : std::string(value)),
          "the signature is wrong");
}

Rate Measure(int threads, double seconds, const std::function<Step()>& begin) {
  std::atomic<bool> stop = false;
  std::atomic<size_t> made = 0;
  std::vector<std::thread> workers;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      const Step step = begin();
      size_t mine = 0;
      for (; !stop; ++mine) step(std::to_string(mine));
      made += mine;
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  return {made, took.count()};
}

Rate MeasureBare(const BareToken& token, int threads, double seconds, bool check) {
  return Measure(threads, seconds, [&token, check]() -> Step {
    const std::shared_ptr<const CK_SESSION_HANDLE> session(
        new CK_SESSION_HANDLE(OpenBareSession(token)), [&token](const CK_SESSION_HANDLE* handle) {
          token.p11->C_CloseSession(*handle);
          delete handle;
        });
    return [&token, check, session](const std::string& message) {
      SignBare(token, *session, message, check);
    };
  });
}

}  // namespace sceau::bench
