// What the token alone makes: C_SignInit and C_Sign in a loop, from some threads.
//
//   sceau-bench-token MODULE TOKEN-LABEL PIN-FILE THREADS SECONDS [--check]
//
// Prints {"threads", "signatures", "seconds", "rate"}. --check also verifies each signature with
// OpenSSL, as whoever must not release a wrong one does.
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "base/openssl.h"

namespace sceau::bench {
namespace {

void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "sceau-bench-token: %s\n", what);
  std::exit(1);
}

CK_FUNCTION_LIST_PTR LoadModule(const char* path) {
  void* library = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  Require(library != nullptr, "dlopen");
  const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(library, "C_GetFunctionList"));
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  Require(list != nullptr && list(&p11) == CKR_OK, "C_GetFunctionList");
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  Require(p11->C_Initialize(&arguments) == CKR_OK, "C_Initialize");
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

struct Token {
  CK_FUNCTION_LIST_PTR p11 = nullptr;
  CK_SLOT_ID slot = 0;
  CK_SESSION_HANDLE holder = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  X509Handle certificate;
};

Token OpenToken(const char* module, const char* label, const char* pin_file) {
  Token token;
  token.p11 = LoadModule(module);
  token.slot = FindToken(token.p11, label);
  Require(token.p11->C_OpenSession(token.slot, CKF_SERIAL_SESSION, nullptr, nullptr,
                                   &token.holder) == CKR_OK,
          "C_OpenSession");
  auto pin = ReadSmallFile(pin_file);
  Require(pin.ok(), "PIN file");
  pin->resize(std::min(pin->size(), pin->find('\n')));
  Require(token.p11->C_Login(token.holder, CKU_USER, reinterpret_cast<unsigned char*>(pin->data()),
                             pin->size()) == CKR_OK,
          "C_Login");
  token.key = FindObject(token.p11, token.holder, CKO_PRIVATE_KEY);
  token.certificate = ReadCertificate(token.p11, token.holder);
  return token;
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

// Signs until told to stop; gives the number of signatures.
size_t SignInLoop(const Token& token, bool check, const std::atomic<bool>& stop) {
  // DigestInfo of SHA-256 (RFC 8017 §9.2): the token does the private operation alone.
  static constexpr char kPrefix[] =
      "\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";
  CK_SESSION_HANDLE session = CK_INVALID_HANDLE;
  Require(token.p11->C_OpenSession(token.slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session) ==
              CKR_OK,
          "C_OpenSession");
  size_t made = 0;
  for (; !stop; ++made) {
    const std::string message = std::to_string(made);
    std::string input(kPrefix, sizeof kPrefix - 1);
    input += DigestOf(DigestAlgorithm::kSha256, message);
    unsigned char signature[512];
    CK_ULONG size = sizeof signature;
    CK_MECHANISM mechanism{CKM_RSA_PKCS, nullptr, 0};
    Require(token.p11->C_SignInit(session, &mechanism, token.key) == CKR_OK &&
                token.p11->C_Sign(session, reinterpret_cast<unsigned char*>(input.data()),
                                  input.size(), signature, &size) == CKR_OK,
            "C_Sign");
    if (check) {
      Require(
          Verifies(token.certificate.get(), message, {reinterpret_cast<char*>(signature), size}),
          "the signature is wrong");
    }
  }
  token.p11->C_CloseSession(session);
  return made;
}

int Main(int argc, char** argv) {
  Require(argc >= 6, "MODULE TOKEN-LABEL PIN-FILE THREADS SECONDS [--check]");
  const Token token = OpenToken(argv[1], argv[2], argv[3]);
  const int threads = std::atoi(argv[4]);
  const bool check = argc > 6 && std::string_view(argv[6]) == "--check";
  std::atomic<bool> stop = false;
  std::atomic<size_t> made = 0;
  std::vector<std::thread> workers;
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < threads; ++i) {
    workers.emplace_back([&] { made += SignInLoop(token, check, stop); });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(std::atof(argv[5])));
  stop = true;
  for (std::thread& worker : workers) worker.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  token.p11->C_Finalize(nullptr);
  std::printf("{\"threads\": %d, \"signatures\": %zu, \"seconds\": %.3f, \"rate\": %.1f}\n",
              threads, made.load(), took.count(), static_cast<double>(made) / took.count());
  return 0;
}

}  // namespace
}  // namespace sceau::bench

int main(int argc, char** argv) { return sceau::bench::Main(argc, argv); }
