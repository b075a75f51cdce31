/** Lint rules of this house that oxlint does not have. Named `house/…` in `oxlint.config.ts`. */

interface Context {
  report(problem: { readonly node: unknown; readonly message: string }): void;
}
interface Call {
  readonly callee: { readonly type: string; readonly name?: string };
  readonly arguments: readonly unknown[];
}

export default {
  meta: { name: 'house' },
  rules: {
    'no-new-date': {
      create: (context: Context) => ({
        NewExpression(node: Call) {
          if (node.callee.name !== 'Date' || node.arguments.length > 0) return;
          context.report({ node, message: '`new Date()` reads the time of the machine: ask the Clock passed in.' });
        },
        CallExpression(node: Call) {
          if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
          context.report({ node, message: '`Date()` reads the time of the machine: ask the Clock passed in.' });
        },
      }),
    },
    'no-export-all': {
      create: (context: Context) => ({
        ExportAllDeclaration(node: unknown) {
          context.report({ node, message: 'Export by name: `export *` hides what a package promises.' });
        },
      }),
    },
  },
};
