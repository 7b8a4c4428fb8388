/** Cases in which the local cloud behaves otherwise than the real Azure Functions host, by an id with which a test finds the row. */
export type PlatformDifferences = Readonly<
  Record<
    string,
    {
      readonly case: string;
      readonly azure: string;
      readonly local: string;
      /**
       * `kinder`: works here and fails on Azure. `stricter`: rejected here and works on Azure. `not built`: only Azure has it.
       * `other`: another result.
       */
      readonly kind: "kinder" | "stricter" | "not built" | "other";
    }
  >
>;
