# The build of the addon. It lies in a folder of its own because a binding.gyp beside package.json makes npm compile on
# every install. Release is what ships; Debug is the same code under AddressSanitizer and UndefinedBehaviorSanitizer.
{
  'targets': [
    {
      'target_name': 'shiny',
      'sources': [
        '<!@(node -p "[\'sys\', \'reactor\', \'backend\', \'framing\', \'addon\'].flatMap((room) => fs.readdirSync(\'../src/\' + room).filter((name) => name.endsWith(\'.cc\')).sort().map((name) => \'../src/\' + room + \'/\' + name)).join(\' \')")',
      ],
      'include_dirs': [
        '../src',
        '<!(node -p "require(\'node-addon-api\').include_dir")',
      ],
      'defines': ['NAPI_VERSION=9', 'NAPI_DISABLE_CPP_EXCEPTIONS'],
      'cflags': ['-fvisibility=hidden', '-Wall', '-Wextra'],
      'cflags_cc!': ['-std=gnu++17'],
      'cflags_cc': ['-std=c++20', '-fno-exceptions', '-fvisibility-inlines-hidden'],
      'xcode_settings': {
        'CLANG_CXX_LANGUAGE_STANDARD': 'c++20',
        'GCC_ENABLE_CPP_EXCEPTIONS': 'NO',
        'GCC_SYMBOLS_PRIVATE_EXTERN': 'YES',
        'MACOSX_DEPLOYMENT_TARGET': '11.0',
        'WARNING_CFLAGS': ['-Wall', '-Wextra'],
      },
      'conditions': [
        # A worker thread that ends may unload the addon while a thread-local destructor or a signal still needs its code.
        ['OS=="linux"', {'ldflags': ['-Wl,-z,nodelete']}],
      ],
      'configurations': {
        'Release': {
          'cflags': ['-O3'],
          'xcode_settings': {'GCC_OPTIMIZATION_LEVEL': '3'},
        },
        'Debug': {
          'cflags!': ['-O0'],
          'cflags': ['-O1', '-g', '-fno-omit-frame-pointer', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
          'ldflags': ['-fsanitize=address,undefined'],
          'xcode_settings': {
            'OTHER_CFLAGS': ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'],
            'OTHER_LDFLAGS': ['-fsanitize=address,undefined'],
          },
        },
      },
    },
  ],
}
